/** The version of this build, put in by esbuild. */
declare const SWEETSPOT_VERSION: string | undefined;

/** `0.0.0` when running from source. */
export const VERSION = typeof SWEETSPOT_VERSION === 'string' ? SWEETSPOT_VERSION : '0.0.0';
