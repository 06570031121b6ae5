/** What one mail about many alerts says: all bots by name, worst first within each rule. */
import type { TransitionName } from '@hookpulse/common/alerts/alert';
import { formatSpan } from '@hookpulse/common/alerts/rules/format-span';
import { RULE_NAMES } from '@hookpulse/common/alerts/rules/rules';
import { mailCauses } from './causes.ts';
import type {
  MailContent,
  MailGroup,
  MailOptions,
  MailRow,
  MailTable,
  ToldTransition,
} from './mail-content.ts';
import {
  elapsedMs,
  helpUrl,
  incidentUrl,
  type RuleWords,
  ruleWords,
  shownName,
  utcTime,
} from './mail-words.ts';

/**
 * "bot-2" before "bot-10". Created once because it is expensive, and outages have thousands of
 * equal alerts.
 */
const BY_NAME = new Intl.Collator('en', { numeric: true });

/** The alerts of one rule. */
interface Section {
  readonly words: RuleWords;
  /** Worst first. */
  readonly items: readonly ToldTransition[];
}

export function storm(group: MailGroup, options: MailOptions): MailContent {
  const { transition, items } = group;
  const sections = sectionsOf(items);
  return {
    subject: subject(transition, sections, items),
    paragraphs: [total(group, options), ...(sections.length > 1 ? totals(sections) : [])],
    checks: [],
    tables: sections.map((section) => table(transition, section, options)),
    footer: [['Time', utcTime(latest(items))]],
    causes: mailCauses(items),
    link: null,
    helpUrl: transition === 'resolved' ? null : helpUrl(options.publicUrl, null),
  };
}

function subject(
  transition: TransitionName,
  sections: readonly Section[],
  items: readonly ToldTransition[],
): string {
  const [first, ...others] = sections;
  const isOneRule = first !== undefined && others.length === 0;
  const what = isOneRule
    ? `${botsOf(items)}: ${first.words.title}`
    : `${count(items.length, 'alert')} of ${botsOf(items)}`;
  switch (transition) {
    case 'firing':
      return `${isOneRule ? first.words.icon : '⚠️'} ${what}`;
    case 'reminder':
      return `🔁 Still firing: ${what}`;
    case 'resolved':
      return `✅ Resolved: ${what}`;
    default:
      return transition satisfies never;
  }
}

function total({ transition, items }: MailGroup, { windowMs }: MailOptions): string {
  const what = `${count(items.length, 'alert')} of ${botsOf(items)}`;
  const isOne = items.length === 1;
  switch (transition) {
    case 'firing':
      return `${what} ${isOne ? 'fires' : 'fire'}, judged over the last ${formatSpan(windowMs)}.`;
    case 'reminder':
      return `${what} still ${isOne ? 'fires' : 'fire'}, judged over the last ${formatSpan(windowMs)}.`;
    case 'resolved':
      return `${what} ${isOne ? 'is' : 'are'} resolved.`;
    default:
      return transition satisfies never;
  }
}

function totals(sections: readonly Section[]): string[] {
  return sections.map(({ words, items }) => `${words.title}: ${botsOf(items)}`);
}

function table(
  transition: TransitionName,
  { words, items }: Section,
  { publicUrl }: MailOptions,
): MailTable {
  return {
    title: `${words.icon} ${words.title}: ${botsOf(items)}`,
    rows: items.map(
      (item): MailRow => ({
        botId: item.bot_id,
        botName: shownName(item.bot_name),
        facts: rowFacts(transition, item, words),
        url: publicUrl === null ? null : incidentUrl(publicUrl, item),
      }),
    ),
    checks: transition === 'resolved' ? [] : words.firstChecks,
  };
}

function rowFacts(transition: TransitionName, item: ToldTransition, words: RuleWords): string {
  const span = formatSpan(elapsedMs(item.fired_at, item.at));
  const brief = words.brief(item);
  switch (transition) {
    case 'firing':
      return brief;
    case 'reminder':
      return `${brief}, firing for ${span}`;
    case 'resolved':
      return `lasted ${span}, now: ${brief}`;
    default:
      return transition satisfies never;
  }
}

/** Rules in the order in which they are listed, then those that are not known here. */
function sectionsOf(items: readonly ToldTransition[]): Section[] {
  const byRule = Map.groupBy(items, ({ rule }) => rule);
  const known = RULE_NAMES.filter((name) => byRule.has(name));
  const unknown = [...byRule.keys()].filter((name) => !known.some((one) => one === name)).sort();
  return [...known, ...unknown].map((rule) => ({
    words: ruleWords(rule),
    items: (byRule.get(rule) ?? []).toSorted(worstFirst),
  }));
}

/** Equally bad ones by name, so that the same alerts make the same mail. */
function worstFirst(a: ToldTransition, b: ToldTransition): number {
  return (
    b.severity - a.severity ||
    BY_NAME.compare(a.bot_name, b.bot_name) ||
    (a.bot_id < b.bot_id ? -1 : 1)
  );
}

/** "500 bots"; of a single one, its name. */
function botsOf(items: readonly ToldTransition[]): string {
  const bots = new Map(items.map((item) => [item.bot_id, item.bot_name]));
  const [name] = bots.values();
  return bots.size === 1 && name !== undefined ? shownName(name) : count(bots.size, 'bot');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Timestamps have one format, so they sort as texts. */
function latest(items: readonly ToldTransition[]): string {
  return (
    items
      .map(({ at }) => at)
      .toSorted()
      .at(-1) ?? ''
  );
}
