/** What a bot of the demo is like: how busy, how fast, and what goes wrong with it when. */

import type { AlertOverrides } from '@hookpulse/common/alerts/alert-settings';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import type { BotErrorKind, BotWork } from '@hookpulse/traffic/bot-work';

export interface Character {
  readonly botId: string;
  readonly name: string;
  /** Updates an hour, on average over a day, when the demo begins. */
  readonly perHour: number;
  /** Of its processing time, milliseconds. */
  readonly medianMs: number;
  /** Hour of its peak, UTC; null: day and night alike. */
  readonly peakHour: number | null;
  readonly errorShare: number;
  readonly slowShare: number;
  readonly errors: readonly BotErrorKind[];
  readonly troubles: readonly Trouble[];
  readonly alerts: AlertOverrides;
  readonly isEnabled: boolean;
}

/** Minutes count from the start of the demo: what has passed is negative. */
export type Trouble = { readonly fromMinute: number; readonly toMinute: number } & (
  | {
      readonly kind: 'errors';
      readonly share: number;
      readonly errors: readonly BotErrorKind[];
      /** Only updates of this kind fail; null: any do. */
      readonly updateType: string | null;
    }
  | { readonly kind: 'slow'; readonly share: number }
  | { readonly kind: 'silence' }
  /** Somebody else posts to its webhook, without its secret. */
  | { readonly kind: 'forgeries'; readonly perHour: number }
);

/** What a bot is like at a moment. */
export interface Mood {
  readonly updatesPerHour: number;
  readonly forgeriesPerHour: number;
  readonly work: BotWork;
}

const DAY_HOURS = 24;
/** At the peak there are 1.75 times as many as on average, twelve hours later a quarter. */
const RHYTHM_DEPTH = 0.75;
/** The fleet is a young one: a day ago it had nine tenths of its traffic. */
const GROWTH_A_MINUTE = 0.1 / (DAY_HOURS * 60);

/**
 * @param startMs - of the demo; both in milliseconds since the epoch
 * @param updateType - of an update that it works on; null: none
 */
export function moodAt(
  character: Character,
  timeMs: number,
  startMs: number,
  updateType: string | null = null,
): Mood {
  const minute = (timeMs - startMs) / MINUTE_MS;
  let updatesPerHour =
    character.perHour * rhythmAt(character.peakHour, timeMs) * (1 + minute * GROWTH_A_MINUTE);
  let forgeriesPerHour = 0;
  let { errorShare, slowShare, errors } = character;
  for (const trouble of character.troubles) {
    if (minute < trouble.fromMinute || minute >= trouble.toMinute) continue;
    switch (trouble.kind) {
      case 'errors':
        if (trouble.updateType !== null && trouble.updateType !== updateType) break;
        errorShare = trouble.share;
        errors = trouble.errors;
        break;
      case 'slow':
        slowShare = trouble.share;
        break;
      case 'silence':
        updatesPerHour = 0;
        break;
      case 'forgeries':
        forgeriesPerHour = trouble.perHour;
        break;
      default:
        trouble satisfies never;
    }
  }
  const { medianMs } = character;
  return { updatesPerHour, forgeriesPerHour, work: { errorShare, slowShare, medianMs, errors } };
}

function rhythmAt(peakHour: number | null, timeMs: number): number {
  if (peakHour === null) return 1;
  const hour = (timeMs / (60 * MINUTE_MS)) % DAY_HOURS;
  return 1 + RHYTHM_DEPTH * Math.cos(((hour - peakHour) / DAY_HOURS) * 2 * Math.PI);
}
