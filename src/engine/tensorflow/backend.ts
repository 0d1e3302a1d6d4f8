/**
 * The one interface over every TensorFlow.js backend a trial may train on. How each is found and proven is in
 * native.ts and embedded.ts; which one is taken, in load.ts.
 */
import type * as tfCore from '@tensorflow/tfjs-core';
import type * as tfLayers from '@tensorflow/tfjs-layers';

/** `tf` as users know it from `@tensorflow/tfjs`: core and layers in one namespace. */
export type TensorFlow = typeof tfCore & typeof tfLayers;

export interface Backend {
  readonly tf: TensorFlow;
  /** `native` is @tensorflow/tfjs-node, `embedded` WebAssembly with our training kernels. */
  readonly kind: 'native' | 'embedded';
  /** Versions as recorded with a trial: { tfjs: "4.22.0", libtensorflow: "2.9.1" }. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why native was not taken, in a sentence; absent where it was. */
  readonly fallbackReason?: string;
}

export interface BackendOptions {
  /** Folders whose node_modules may hold @tensorflow/tfjs-node, first match wins. */
  readonly searchFolders: readonly string[];
  /** `auto` prefers native where it works; the others insist. */
  readonly prefer: 'auto' | 'embedded' | 'native';
}

export type LoadBackend = (options: BackendOptions) => Promise<Backend>;
