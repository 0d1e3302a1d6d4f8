/** Which backend a trial trains on: native where asked for or where it works, else the embedded one. */
import type { Backend, BackendOptions, LoadBackend } from './backend.js';

/**
 * Rejects only when the native backend was insisted on and does not work (the message says why), or when WebAssembly
 * itself does not start.
 */
export const loadBackend: LoadBackend = async ({
  prefer,
  searchFolders,
}: BackendOptions): Promise<Backend> => {
  // Imported on demand: a command needs neither, and each takes a third of a second to load.
  const embedded = async (): Promise<Backend> => (await import('./embedded.js')).loadEmbedded();
  if (prefer === 'embedded') return embedded();

  const { loadNative } = await import('./native.js');
  const native = await loadNative(searchFolders);
  switch (native.kind) {
    case 'loaded':
      return native.backend;
    case 'unavailable':
      if (prefer === 'native') {
        throw new Error(
          `The native backend was asked for, but ${native.reason} Install it (sweetspot install-native, or "Install Native TensorFlow" in VS Code), or set the backend to "auto" or "embedded".`,
        );
      }
      return { ...(await embedded()), fallbackReason: native.reason };
  }
};
