/**
 * The topics that this process was told to ensure: made once at the start, and again when one of them
 * is gone, because somebody deleted it or the brokers were replaced by empty ones.
 */
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { TopicSpec } from '../event-log.ts';
import type { TopicAdmin } from './topic-admin.ts';

export class KeptTopics {
  readonly #admin: Pick<TopicAdmin, 'ensureTopics'>;
  readonly #logger: Logger;
  readonly #specs = new Map<string, TopicSpec>();
  #restoring: Promise<void> | null = null;

  constructor(admin: Pick<TopicAdmin, 'ensureTopics'>, logger: Logger) {
    this.#admin = admin;
    this.#logger = logger;
  }

  /** @throws LogUnavailableError, LogRefusedError */
  async ensure(specs: readonly TopicSpec[]): Promise<void> {
    await this.#admin.ensureTopics(specs);
    for (const spec of specs) this.#specs.set(spec.name, spec);
  }

  has(topic: string): boolean {
    return this.#specs.has(topic);
  }

  /** Makes what is missing, unless that is under way. Never throws: whoever needs a topic asks again. */
  restore(): void {
    if (this.#specs.size === 0) return;
    this.#restoring ??= this.#restore().finally(() => {
      this.#restoring = null;
    });
  }

  async #restore(): Promise<void> {
    try {
      await this.#admin.ensureTopics([...this.#specs.values()]);
      this.#logger.warn('missing topics were recreated');
    } catch (error) {
      this.#logger.debug({ err: error }, 'missing topics could not be recreated yet');
    }
  }
}
