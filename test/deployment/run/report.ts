/** What was looked at, one line each, and the last line that says how it went. */
import { styleText } from 'node:util';

export class Report {
  #passed = 0;
  #failed = 0;
  #skipped = 0;
  readonly #startedMs = performance.now();

  get isGreen(): boolean {
    return this.#failed === 0 && this.#passed + this.#skipped > 0;
  }

  /** One thing that has to be so. What it returns is a figure to show. @throws what `look` throws */
  async step(what: string, look: () => Promise<string | undefined>): Promise<void> {
    const startedMs = performance.now();
    try {
      const figure = await look();
      this.#passed += 1;
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
      const shown = [what, ...(figure === undefined ? [] : [figure])].join(': ');
      console.log(`${styleText('green', '✓')} ${shown} (${seconds} s)`);
    } catch (error) {
      this.#failed += 1;
      console.log(`${styleText('red', '✗')} ${what}: ${textOf(error)}`);
      throw error;
    }
  }

  /** Of everything that is left, because it cannot be looked at. */
  skip(reason: string): void {
    this.#skipped += 1;
    console.log(`${styleText('yellow', '○')} skipped: ${reason}`);
  }

  /** The plain line that runners and people read. */
  lastLine(): string {
    const seconds = Math.round((performance.now() - this.#startedMs) / 1_000);
    console.log(`It took ${Math.floor(seconds / 60)} min ${seconds % 60} s.`);
    return `Deployment: ${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped`;
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${textOf(error.cause)}`;
}
