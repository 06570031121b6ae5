/** Runs tasks one after the other where they share a key, and side by side where they do not. */

export interface LaneTask {
  /** Null: it waits for none, and none for it. */
  readonly key: string | null;
  /** Never rejects. @returns null: it is done; else the time until it is to run again, milliseconds */
  run(): Promise<number | null>;
}

export class Lanes {
  readonly #concurrency: number;
  /** The first of each runs, waits for its turn, or waits until it is to run again. */
  readonly #lanes = new Map<string, LaneTask[]>();
  readonly #ready: string[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #running = 0;
  #made = 0;
  #isStopped = false;
  #onIdle: () => void = () => undefined;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** How many run now; those that wait to run again do not. */
  get running(): number {
    return this.#running;
  }

  add(task: LaneTask): void {
    if (this.#isStopped) return;
    this.#made += 1;
    const key = task.key ?? `alone:${this.#made}`;
    const lane = this.#lanes.get(key);
    if (lane) {
      lane.push(task);
      return;
    }
    this.#lanes.set(key, [task]);
    this.#ready.push(key);
    this.#start();
  }

  /** Starts none any more. Resolves when none runs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    while (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
  }

  #start(): void {
    while (!this.#isStopped && this.#running < this.#concurrency) {
      const key = this.#ready.shift();
      if (key === undefined) return;
      void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    const lane = this.#lanes.get(key) ?? [];
    this.#running += 1;
    const againMs = (await lane[0]?.run()) ?? null;
    this.#running -= 1;
    if (againMs !== null) this.#runAgain(key, againMs);
    else {
      lane.shift();
      if (lane.length > 0) this.#ready.push(key);
      else this.#lanes.delete(key);
    }
    if (this.#running === 0) this.#onIdle();
    this.#start();
  }

  #runAgain(key: string, afterMs: number): void {
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#ready.push(key);
      this.#start();
    }, afterMs);
    this.#timers.add(timer);
  }
}
