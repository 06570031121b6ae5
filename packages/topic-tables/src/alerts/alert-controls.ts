/**
 * What people set about alerts while everything runs: silences, and overrides for all bots. A fold
 * over `webhook.alert-settings`; every alerter and every query API holds it.
 */
import { randomUUID } from 'node:crypto';
import { type AlertOverrides, AlertOverridesSchema } from '@hookpulse/common/alerts/alert-settings';
import { type Silence, silenceValidator } from '@hookpulse/common/alerts/silence';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { EventLog, Follower, LogMessage } from '@hookpulse/event-log/event-log';
import { parseAs } from '@hookpulse/event-log/json-value';
import { ALERT_SETTINGS_TOPIC, schemaHeader } from '@hookpulse/event-log/topics';
import { Compile } from 'typebox/compile';
import { AwaitedChanges } from '../bots/awaited-changes.ts';

export interface AlertControls {
  /** For all bots, over what the environment sets. */
  readonly overrides: AlertOverrides;
  /** Those that have ended included, as long as they are on the log. */
  silences(): readonly Silence[];
  /**
   * Each resolves when it is durable on the log and visible in this process.
   * @throws LogUnavailableError when that did not happen in time; it may have been stored all the same.
   */
  putSilence(silence: Silence): Promise<void>;
  /** Lets the log forget a silence that has ended. */
  forgetSilence(silenceId: string): Promise<void>;
  putOverrides(overrides: AlertOverrides): Promise<void>;
  close(): Promise<void>;
}

export interface AlertControlsDeps {
  readonly log: Pick<EventLog, 'publish' | 'follow'>;
  readonly logger: Logger;
}

const OVERRIDES_KEY = 'overrides';
const SILENCE_PREFIX = 'silence|';
const CHANGE_ID_HEADER = 'change-id';
/** As for bots: it takes milliseconds to come back. */
const VISIBILITY_TIMEOUT_MS = 5_000;

const overridesValidator = Compile(AlertOverridesSchema);

/**
 * Resolves once it holds everything that was on the log at that moment.
 * @throws LogUnavailableError, or UnknownTopicError when the topic was not created before.
 */
export async function openAlertControls(deps: AlertControlsDeps): Promise<AlertControls> {
  const controls = new FollowedAlertControls(deps);
  await controls.open();
  return controls;
}

class FollowedAlertControls implements AlertControls {
  readonly #deps: AlertControlsDeps;
  readonly #awaited = new AwaitedChanges(VISIBILITY_TIMEOUT_MS);
  readonly #silences = new Map<string, Silence>();
  #overrides: AlertOverrides = {};
  #follower: Follower | null = null;

  constructor(deps: AlertControlsDeps) {
    this.#deps = deps;
  }

  async open(): Promise<void> {
    this.#follower = await this.#deps.log.follow({
      topic: ALERT_SETTINGS_TOPIC,
      onMessage: (message) => this.#onMessage(message),
    });
    await this.#follower.caughtUp;
  }

  get overrides(): AlertOverrides {
    return this.#overrides;
  }

  silences(): readonly Silence[] {
    return [...this.#silences.values()];
  }

  putSilence(silence: Silence): Promise<void> {
    return this.#publish(`${SILENCE_PREFIX}${silence.silence_id}`, JSON.stringify(silence));
  }

  forgetSilence(silenceId: string): Promise<void> {
    return this.#publish(`${SILENCE_PREFIX}${silenceId}`, null);
  }

  putOverrides(overrides: AlertOverrides): Promise<void> {
    return this.#publish(OVERRIDES_KEY, JSON.stringify(overrides));
  }

  async close(): Promise<void> {
    this.#awaited.close();
    await this.#follower?.close();
  }

  #publish(key: string, value: string | null): Promise<void> {
    const changeId = randomUUID();
    const headers = { ...schemaHeader(ALERT_SETTINGS_TOPIC), [CHANGE_ID_HEADER]: changeId };
    return this.#awaited.during(changeId, () =>
      this.#deps.log.publish([{ topic: ALERT_SETTINGS_TOPIC, key, value, headers }]),
    );
  }

  #onMessage(message: LogMessage): void {
    if (!this.#apply(message)) {
      const { topic, partition, offset, key } = message;
      const place = { topic, partition, offset: String(offset), key };
      this.#deps.logger.warn(place, 'alert setting skipped: its value does not match its key');
    }
    const changeId = message.headers[CHANGE_ID_HEADER];
    if (changeId !== undefined) this.#awaited.seen(changeId);
  }

  /** @returns whether it could be read: the topic is open to other programs. */
  #apply({ key, value }: LogMessage): boolean {
    if (key === OVERRIDES_KEY) {
      const overrides = value === null ? {} : parseAs(value, overridesValidator);
      if (!overrides) return false;
      this.#overrides = overrides;
      return true;
    }
    if (!key?.startsWith(SILENCE_PREFIX)) return false;
    const silenceId = key.slice(SILENCE_PREFIX.length);
    if (value === null) {
      this.#silences.delete(silenceId);
      return true;
    }
    const silence = parseAs(value, silenceValidator);
    if (silence?.silence_id !== silenceId) return false;
    this.#silences.set(silenceId, silence);
    return true;
  }
}
