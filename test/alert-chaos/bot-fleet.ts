/** Bots that cross the line when told to, and what has to be told of each in the end. */
import { randomUUID } from 'node:crypto';
import type { Bot } from '@hookpulse/common/bots/bot';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { testBot } from '@hookpulse/common/testing/bots';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { GiveUpError, until } from '@hookpulse/common/testing/until';
import { type EventLog, LogUnavailableError } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC, schemaHeader } from '@hookpulse/event-log/topics';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';

/** Every bot fires once, by `high_error_rate`, and is resolved once. */
export interface BotStory {
  readonly botId: string;
  readonly hasReminders: boolean;
  readonly firedMs: number;
  /** When it was switched off or had recovered; null: it is to fire still. */
  endedMs: number | null;
}

/** More than WEBHOOK_ALERT_MIN_EVENTS. */
const ERRORS = 12;
/** So many that the errors are below a tenth. */
const SUCCESSES = 200;
/** The log may be away for a while. */
const PATIENCE_MS = 120_000;

export class BotFleet {
  readonly stories: BotStory[] = [];
  readonly #log: EventLog;
  readonly #registry: BotRegistry;

  constructor(log: EventLog, registry: BotRegistry) {
    this.#log = log;
    this.#registry = registry;
  }

  /** Bots that fire and have not been told to end, oldest first. */
  open(kind: { readonly hasReminders: boolean }): readonly BotStory[] {
    return this.stories.filter(
      ({ hasReminders, endedMs }) => endedMs === null && hasReminders === kind.hasReminders,
    );
  }

  /** Of the bot that fires next. */
  get nextBotId(): string {
    return `bot-${this.stories.length}`;
  }

  /** Makes a bot, and lets it cross the line. Resolves when its events are on the log. */
  async fire({ hasReminders }: { readonly hasReminders: boolean }): Promise<BotStory> {
    const botId = this.nextBotId;
    const story = { botId, hasReminders, firedMs: Date.now(), endedMs: null };
    this.stories.push(story);
    await this.#put(newBot(botId, hasReminders));
    await this.#publish(botId, ERRORS, { event_type: 'error', error_type: 'ValueError' });
    return story;
  }

  /** Its rule is switched off: the alert is over at once. */
  async switchOff(story: BotStory): Promise<void> {
    story.endedMs = Date.now();
    const bot = this.#registry.get(story.botId);
    if (!bot) throw new Error(`no bot ${story.botId}`);
    await this.#put({ ...bot, alerts: { ...bot.alerts, high_error_rate: { enabled: false } } });
  }

  /** It works again: the alert is over a minute later. */
  async recover(story: BotStory): Promise<void> {
    story.endedMs = Date.now();
    await this.#publish(story.botId, SUCCESSES, { event_type: 'processed' });
  }

  async #put(bot: Bot): Promise<void> {
    await persistently(() => this.#registry.put(bot));
  }

  async #publish(botId: string, count: number, changes: Partial<WebhookEvent>): Promise<void> {
    const messages = Array.from({ length: count }, () => {
      const event = sampleEvent({
        event_id: randomUUID(),
        bot_id: botId,
        timestamp: new Date().toISOString(),
        ...changes,
      });
      const headers = schemaHeader(EVENTS_TOPIC);
      return { topic: EVENTS_TOPIC, key: botId, value: JSON.stringify(event), headers };
    });
    await persistently(() => this.#log.publish(messages));
  }
}

function newBot(botId: string, hasReminders: boolean): Bot {
  const at = new Date().toISOString();
  const reminding = hasReminders ? { high_error_rate: { repeat_after_minutes: 1 } } : {};
  const alerts = { no_traffic: { enabled: false }, ...reminding };
  return testBot(botId, { created_at: at, updated_at: at, alerts });
}

/** What is done twice counts once. */
async function persistently(work: () => Promise<unknown>): Promise<void> {
  await until(
    'the log to take what is published',
    async () => {
      try {
        await work();
        return true;
      } catch (error) {
        if (error instanceof LogUnavailableError) return false;
        throw new GiveUpError(`publishing failed: ${String(error)}`);
      }
    },
    PATIENCE_MS,
  );
}
