/**
 * The words that every mail about alerts is made of: rules, also those that only a later version
 * knows, names that people chose, moments and links.
 */
import { isRuleName, RULES } from '@hookpulse/common/alerts/rules/rules';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import type { ToldTransition } from './mail-content.ts';

export interface RuleWords {
  readonly icon: string;
  readonly title: string;
  readonly firstChecks: readonly string[];
  readonly mailHasFooter: boolean;
  /** The facts of an alert in a few words. */
  brief(item: Pick<ToldTransition, 'facts' | 'reason'>): string;
}

const ICON_OF_UNKNOWN = '⚠️';

export function ruleWords(name: string): RuleWords {
  if (!isRuleName(name)) {
    return {
      icon: ICON_OF_UNKNOWN,
      title: titleOf(name),
      firstChecks: [],
      mailHasFooter: true,
      brief: ({ reason }) => oneLine(reason),
    };
  }
  const { icon, title, firstChecks, mailHasFooter, brief } = RULES[name];
  return {
    icon,
    title,
    firstChecks,
    mailHasFooter,
    // What ends an alert may be no matter of numbers: the bot is removed, the rule switched off.
    brief: ({ facts, reason }) => (Object.keys(facts).length > 0 ? brief(facts) : oneLine(reason)),
  };
}

/** `queue_overflow` is "Queue Overflow". */
function titleOf(name: string): string {
  const words = oneLine(name).split(/[\s_-]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}

/** What begins a new line somewhere, or is not to be seen at all. */
const CONTROL_CHARACTERS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/**
 * Marks that reorder the text around them (Unicode UAX #9, explicit formatting): with them a name
 * could rewrite the rest of a sentence to the eye. Letters written right to left need none.
 */
const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** The longest name that a bot may have; the log may hold anything. */
const MAX_NAME_CHARACTERS = 100;
const NAMELESS = '(no name)';

/** Safe for a line of a mail, whatever people chose. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(BIDI_CONTROLS, '').replace(CONTROL_CHARACTERS, ' ').trim();
}

export function shownName(name: string): string {
  const characters = [...oneLine(name)];
  if (characters.length === 0) return NAMELESS;
  return characters.length <= MAX_NAME_CHARACTERS
    ? characters.join('')
    : `${characters.slice(0, MAX_NAME_CHARACTERS - 1).join('')}…`;
}

/** `2026-02-10 20:00:00`, in UTC. @param timestamp - ISO 8601; what is none is shown as it is */
export function utcTime(timestamp: string): string {
  const ms = Date.parse(timestamp);
  return Number.isNaN(ms) ? timestamp : iso(ms).slice(0, 19).replace('T', ' ');
}

/** From one moment to another, milliseconds; never negative. */
export function elapsedMs(from: string, to: string): number {
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isNaN(ms) ? 0 : Math.max(ms, 0);
}

/** Where people read what to do about a rule, or in general; null: there are no links. */
export function helpUrl(publicUrl: string | null, rule: string | null): string | null {
  if (publicUrl === null) return null;
  const place = rule === null || !isRuleName(rule) ? '' : `#${rule.replaceAll('_', '-')}`;
  return `${publicUrl.replace(/\/+$/, '')}/help${place}`;
}

/** Where a bot is shown. @param publicUrl - with or without a slash at its end */
function botUrl(publicUrl: string, botId: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/bots/${encodeURIComponent(botId)}`;
}

/** What a chart shows from before an alert, so that what led to it is in it. */
const BEFORE_MS = HOUR_MS;

/**
 * Where an alert is seen to begin: the page of its bot, with charts from an hour before, by the minute
 * as long as there are minutes.
 */
export function incidentUrl(
  publicUrl: string,
  { bot_id, fired_at: firedAt }: Pick<ToldTransition, 'bot_id' | 'fired_at'>,
): string {
  const url = botUrl(publicUrl, bot_id);
  const firedMs = Date.parse(firedAt);
  if (Number.isNaN(firedMs)) return url;
  const from = iso(firedMs - BEFORE_MS).slice(0, 'yyyy-mm-ddThh:mm'.length);
  return `${url}?from=${from}Z`;
}
