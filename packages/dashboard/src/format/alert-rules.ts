/**
 * Alert rules for people: what each is called, what it watches, and the numbers that it is set by. The
 * only place of the dashboard that lists them.
 */
import type { RuleName } from '@hookpulse/common/alerts/rules/rules';

/** A share is stored as 0 to 1 and typed in per cent; what else there is is typed as it is stored. */
export type Unit = '%' | 'events' | 'failures' | 'minutes' | 'seconds' | 'ms';

interface ShownRule {
  readonly title: string;
  /** As the rule itself says it. */
  readonly meaning: string;
  /** By the name of the setting: what it is called, and in which unit it is typed. */
  readonly fields: Readonly<Record<string, readonly [label: string, unit: Unit]>>;
}

/** In the order of how much they tell of lost traffic, which groups of alerts are shown in. */
export const SHOWN: Readonly<Record<RuleName, ShownRule>> = {
  high_error_rate: {
    title: 'High error rate',
    meaning: 'More of the events in the window failed than the threshold allows.',
    fields: { threshold: ['Fires above', '%'], min_events: ['Needs more than', 'events'] },
  },
  no_traffic: {
    title: 'No traffic',
    meaning: 'The bot has had no event for longer than the limit.',
    fields: { after_seconds: ['Fires after', 'seconds'] },
  },
  signature_failures: {
    title: 'Signature failures',
    meaning:
      'More deliveries in the window had a wrong secret, or none, than the threshold allows.',
    fields: { threshold: ['Fires above', 'failures'] },
  },
  slow_processing: {
    title: 'Slow processing',
    meaning: 'The 95th percentile of the processing time in the window is above the limit.',
    fields: {
      limit_ms: ['Fires when p95 is above', 'ms'],
      min_events: ['Needs more than', 'events'],
    },
  },
};

export const SHOWN_RULES: readonly RuleName[] = Object.keys(SHOWN).filter(isShown);

/** Of a rule that this build does not know: its name. */
export function ruleTitle(rule: string): string {
  return isShown(rule) ? SHOWN[rule].title : rule;
}

/** Something for each rule. */
export function mapShownRules<Each>(make: (rule: RuleName) => Each): Record<RuleName, Each>;
export function mapShownRules(make: (rule: RuleName) => unknown): object {
  return Object.fromEntries(SHOWN_RULES.map((rule) => [rule, make(rule)]));
}

function isShown(rule: string): rule is RuleName {
  return Object.hasOwn(SHOWN, rule);
}
