/**
 * What people set about alerts while everything runs: silences, and overrides for all bots, on the
 * compacted topic `webhook.alert-settings`. Every alerter and every query API holds it.
 */
import {
  type StoredAlertOverrides,
  StoredAlertOverridesSchema,
} from '@hookpulse/common/alerts/alert-settings';
import { type Silence, silenceValidator } from '@hookpulse/common/alerts/silence';
import type { LogMessage } from '@hookpulse/event-log/event-log';
import { parseAs } from '@hookpulse/event-log/json-value';
import { ALERT_SETTINGS_TOPIC } from '@hookpulse/event-log/topics';
import { Compile } from 'typebox/compile';
import {
  openTopicTable,
  type RowChange,
  type TopicTableDefinition,
  type TopicTableDeps,
} from '../topic-table.ts';

export interface AlertControls {
  /** For all bots, over what the environment sets. The same object until they change. */
  readonly overrides: StoredAlertOverrides;
  /** Those that have ended included, as long as they are on the log. */
  silences(): readonly Silence[];
  /**
   * Each resolves when it is durable on the log and visible in this process.
   * @throws LogUnavailableError when that did not happen in time; it may have been stored all the same.
   */
  putSilence(silence: Silence): Promise<void>;
  /** Lets the log forget a silence that has ended. */
  forgetSilence(silenceId: string): Promise<void>;
  putOverrides(overrides: StoredAlertOverrides): Promise<void>;
  close(): Promise<void>;
}

/** One of the two, by the key. */
interface AlertControl {
  readonly overrides?: StoredAlertOverrides;
  readonly silence?: Silence;
}

const OVERRIDES_KEY = 'overrides';
const SILENCE_PREFIX = 'silence|';
const NO_OVERRIDES: StoredAlertOverrides = {};

const overridesValidator = Compile(StoredAlertOverridesSchema);

/** By the key of the message. */
const ALERT_CONTROLS: TopicTableDefinition<AlertControl, AlertControl | null> = {
  topic: ALERT_SETTINGS_TOPIC,
  what: 'alert settings',
  parse: parseAlertControl,
  evolve: (_, control) => control ?? undefined,
};

/**
 * Resolves once it holds everything that was on the log at that moment.
 * @throws LogUnavailableError, or UnknownTopicError when the topic was not created before.
 */
export async function openAlertControls(deps: TopicTableDeps): Promise<AlertControls> {
  const table = await openTopicTable(ALERT_CONTROLS, deps);
  const write = (key: string, setting: Silence | StoredAlertOverrides | null) =>
    table.write([{ key, value: setting && JSON.stringify(setting) }]);
  return {
    get overrides() {
      return table.get(OVERRIDES_KEY)?.overrides ?? NO_OVERRIDES;
    },
    silences: () => table.rows().flatMap(({ silence }) => silence ?? []),
    putSilence: (silence) => write(silenceKey(silence.silence_id), silence),
    forgetSilence: (silenceId) => write(silenceKey(silenceId), null),
    putOverrides: (overrides) => write(OVERRIDES_KEY, overrides),
    close: () => table.close(),
  };
}

function parseAlertControl({ key, value }: LogMessage): RowChange<AlertControl | null> | null {
  const isOverrides = key === OVERRIDES_KEY;
  if (!isOverrides && !key?.startsWith(SILENCE_PREFIX)) return null;
  if (value === null) return { key, change: null };
  if (isOverrides) {
    const overrides = parseAs(value, overridesValidator);
    return overrides && { key, change: { overrides } };
  }
  const silence = parseAs(value, silenceValidator);
  return silence && silenceKey(silence.silence_id) === key ? { key, change: { silence } } : null;
}

function silenceKey(silenceId: string): string {
  return `${SILENCE_PREFIX}${silenceId}`;
}
