/** How busy the process is that this runs in: its processor time, and for how long at a stretch it heard nobody. */

/** Milliseconds between looks at the clock. */
const TICK = 5;

export class HostLoad {
  #began = performance.now();
  #cpu = process.cpuUsage();
  #longest = 0;
  #timer: NodeJS.Timeout;

  constructor() {
    let last = performance.now();
    let cpu = process.cpuUsage();
    this.#timer = setInterval(() => {
      const now = performance.now();
      const { user, system } = process.cpuUsage(cpu);
      // Late because it worked, not because others had the processor.
      this.#longest = Math.max(this.#longest, Math.min(now - last - TICK, (user + system) / 1000));
      last = now;
      cpu = process.cpuUsage();
    }, TICK);
  }

  /** The processor's share in cores, and the longest stretch in milliseconds in which nothing else had a turn. */
  stop(): { readonly cores: number; readonly longest: number; readonly ms: number } {
    clearInterval(this.#timer);
    const { user, system } = process.cpuUsage(this.#cpu);
    const ms = performance.now() - this.#began;
    return { cores: (user + system) / 1000 / ms, longest: this.#longest, ms };
  }
}

/** The work in between, measured. */
export async function whileDoing<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly load: ReturnType<HostLoad['stop']> }> {
  const load = new HostLoad();
  try {
    const result = await work();
    return { result, load: load.stop() };
  } finally {
    load.stop();
  }
}
