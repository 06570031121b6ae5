/** What alert rules are called. */
import { RULE_FORMS } from '@hookpulse/api/alert-form';

/** Of a rule that this build does not know: its name. */
export function ruleTitle(rule: string): string {
  return RULE_FORMS.find((form) => form.rule === rule)?.title ?? rule;
}
