/**
 * Looks names up so that those whose name servers do not answer hold up no others.
 *
 * `dns.lookup` asks the system, and libuv lets at most half of its threads wait for that at once. A name
 * whose zone is down takes one of them for 5 to 20 s, so a few such names would take all.
 */
import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';

type Options = LookupOptions & { readonly all: true };

type Callback = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

export type Lookup = (hostname: string, options: Options, callback: Callback) => void;

interface Shared {
  readonly name: string;
  readonly options: Options;
  readonly callbacks: Callback[];
}

/** Names that resolve take milliseconds, over slow networks some hundred. */
const SLOW_MS = 1_000;
/** The oldest is forgotten above this: at worst it takes a thread once more. */
const MAX_SLOW_NAMES = 10_000;

export class SharedLookups {
  readonly #lookup: Lookup;
  readonly #now: () => number;
  /** By name and options, until they are answered. Answers are not kept. */
  readonly #shared = new Map<string, Shared>();
  /** Names whose last look-ups were slow, the oldest first. */
  readonly #slowNames = new Set<string>();
  readonly #slowQueue: string[] = [];
  #isSlowUnderWay = false;

  /** @param now - milliseconds, by a clock that never goes back */
  constructor(lookup: Lookup, now = () => performance.now()) {
    this.#lookup = lookup;
    this.#now = now;
  }

  /**
   * Shares a look-up under way with all that ask for the same. Names that were slow are looked up one
   * after the other, so that they take one thread together.
   */
  readonly lookup: Lookup = (hostname, options, callback) => {
    const name = hostname.toLowerCase();
    const key = JSON.stringify([name, options]);
    const underWay = this.#shared.get(key);
    if (underWay) {
      underWay.callbacks.push(callback);
      return;
    }
    this.#shared.set(key, { name, options, callbacks: [callback] });
    if (this.#slowNames.has(name)) {
      this.#slowQueue.push(key);
      this.#startNextSlow();
    } else {
      this.#start(key, () => undefined);
    }
  };

  #startNextSlow(): void {
    if (this.#isSlowUnderWay) return;
    const key = this.#slowQueue.shift();
    if (key === undefined) return;
    this.#isSlowUnderWay = true;
    this.#start(key, () => {
      this.#isSlowUnderWay = false;
      this.#startNextSlow();
    });
  }

  #start(key: string, onDone: () => void): void {
    const shared = this.#shared.get(key);
    if (!shared) return;
    const startedMs = this.#now();
    this.#lookup(shared.name, shared.options, (error, addresses) => {
      this.#shared.delete(key);
      this.#judge(shared.name, error === null, this.#now() - startedMs);
      onDone();
      // A caller that has given up meanwhile has closed its socket, which ignores the answer.
      for (const callback of shared.callbacks) callback(error, addresses);
    });
  }

  /** A quick failure may be a name server that remembers a slow one: the name stays what it was. */
  #judge(name: string, isFound: boolean, durationMs: number): void {
    const isSlow = durationMs > SLOW_MS;
    if (!isSlow && !isFound) return;
    this.#slowNames.delete(name);
    if (isSlow) this.#slowNames.add(name);
    const [oldest] = this.#slowNames;
    if (this.#slowNames.size > MAX_SLOW_NAMES && oldest !== undefined) {
      this.#slowNames.delete(oldest);
    }
  }
}

/** Of the whole process, whose threads they share. */
export const systemLookups = new SharedLookups(systemLookup);
