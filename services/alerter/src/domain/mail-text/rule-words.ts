/** The words of a rule, also of one that only a later version knows. */
import { isRuleName, RULES } from '@hookpulse/common/alerts/rules/rules';
import type { MailItem } from './mail-group.ts';
import { oneLine } from './one-line.ts';

export interface RuleWords {
  readonly icon: string;
  readonly title: string;
  readonly firstChecks: readonly string[];
  readonly mailHasFooter: boolean;
  /** The facts of an alert in a few words. */
  brief(item: Pick<MailItem, 'facts' | 'reason'>): string;
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
