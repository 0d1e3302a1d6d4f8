/** Ctrl+C and its kin, for commands that have something to tidy up before they end. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborted by the first signal to end; a second one ends the program at once. */
export function interruption(): AbortSignal {
  const abort = new AbortController();
  const cancel = (): void => {
    for (const signal of SIGNALS) process.off(signal, cancel);
    abort.abort();
  };
  for (const signal of SIGNALS) process.on(signal, cancel);
  return abort.signal;
}
