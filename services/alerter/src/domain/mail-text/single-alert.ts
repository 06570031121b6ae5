/** What a mail about one alert says (contract, section 7, has the firing ones to the letter). */
import type { TransitionName } from '@hookpulse/common/alerts/alert';
import { formatSpan } from '@hookpulse/common/alerts/rules/format-span';
import { mailCauses } from './causes.ts';
import type { MailContent, MailOptions, ToldTransition } from './mail-content.ts';
import {
  elapsedMs,
  helpUrl,
  incidentUrl,
  oneLine,
  type RuleWords,
  ruleWords,
  shownName,
  utcTime,
} from './mail-words.ts';

export function singleAlert(
  transition: TransitionName,
  item: ToldTransition,
  { publicUrl }: MailOptions,
): MailContent {
  const words = ruleWords(item.rule);
  const name = shownName(item.bot_name);
  const hasFooter = transition !== 'firing' || words.mailHasFooter;
  return {
    subject: subject(transition, words, name),
    paragraphs: [oneLine(item.reason), ...history(transition, item)],
    checks: transition === 'resolved' ? [] : words.firstChecks,
    tables: [],
    footer: hasFooter
      ? [
          ['Bot ID', item.bot_id],
          ['Time', utcTime(item.at)],
        ]
      : [],
    causes: mailCauses([item]),
    link: publicUrl === null ? null : { label: name, url: incidentUrl(publicUrl, item) },
    helpUrl: transition === 'resolved' ? null : helpUrl(publicUrl, item.rule),
  };
}

function subject(transition: TransitionName, { icon, title }: RuleWords, name: string): string {
  switch (transition) {
    case 'firing':
      return `${icon} ${title}: ${name}`;
    case 'reminder':
      return `🔁 Still firing: ${title}: ${name}`;
    case 'resolved':
      return `✅ Resolved: ${title}: ${name}`;
    default:
      return transition satisfies never;
  }
}

function history(transition: TransitionName, { fired_at: firedAt, at }: ToldTransition): string[] {
  const span = formatSpan(elapsedMs(firedAt, at));
  switch (transition) {
    case 'firing':
      return [];
    case 'reminder':
      return [`It has been firing for ${span}, since ${utcTime(firedAt)} (UTC).`];
    case 'resolved':
      return [`It lasted ${span}, from ${utcTime(firedAt)} to ${utcTime(at)} (UTC).`];
    default:
      return transition satisfies never;
  }
}
