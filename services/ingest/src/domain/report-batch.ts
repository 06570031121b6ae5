/** A whole report, one event or many: which of them are taken, and what is wrong with the others. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { normaliseReportedEvent, type ReportRules } from './reported-event.ts';

/** What was read of one item; `problem` ends the sentence "The item …". */
export type ReportItem =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'bad'; readonly problem: string };

export interface BatchRules extends ReportRules {
  /** Whose events these may be; null: anybody's. */
  readonly onlyBotId: string | null;
  isKnownBot(botId: string): boolean;
}

export interface ItemProblem {
  /** From 0. */
  readonly index: number;
  readonly message: string;
}

export interface JudgedBatch {
  readonly kind: 'judged';
  /** The good ones, in their order. */
  readonly events: readonly WebhookEvent[];
  /** One problem for each bad item, in order. */
  readonly rejected: readonly ItemProblem[];
  /** A text of a good one had to be repaired. */
  readonly isRepaired: boolean;
}

export type BatchVerdict =
  | JudgedBatch
  /** Well-formed or not, there are events of another bot, at these items. */
  | { readonly kind: 'foreign'; readonly problems: readonly ItemProblem[] };

/** Permission is judged before form, so that nobody learns of other bots by trying. */
export function judgeBatch(items: readonly ReportItem[], rules: BatchRules): BatchVerdict {
  const foreign: ItemProblem[] = [];
  const rejected: ItemProblem[] = [];
  const events: WebhookEvent[] = [];
  let isRepaired = false;
  for (const [index, item] of items.entries()) {
    if (item.kind === 'bad') {
      rejected.push({ index, message: `it ${item.problem}` });
      continue;
    }
    if (isForeign(item.value, rules.onlyBotId)) {
      foreign.push({ index, message: 'bot_id is not the bot of this token' });
      continue;
    }
    const normalised = normaliseReportedEvent(withBotId(item.value, rules.onlyBotId), rules);
    if (normalised.kind === 'bad') {
      rejected.push({ index, message: normalised.message });
    } else if (rules.isKnownBot(normalised.event.bot_id)) {
      events.push(normalised.event);
      isRepaired ||= normalised.isRepaired;
    } else {
      rejected.push({ index, message: 'bot_id is not registered' });
    }
  }
  if (foreign.length > 0) return { kind: 'foreign', problems: foreign };
  return { kind: 'judged', events, rejected, isRepaired };
}

function isForeign(value: unknown, onlyBotId: string | null): boolean {
  if (onlyBotId === null || typeof value !== 'object' || value === null) return false;
  return 'bot_id' in value && typeof value.bot_id === 'string' && value.bot_id !== onlyBotId;
}

/** The report token says which bot reports, so an event need not. */
function withBotId(value: unknown, onlyBotId: string | null): unknown {
  if (onlyBotId === null || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) || 'bot_id' in value) return value;
  return { ...value, bot_id: onlyBotId };
}
