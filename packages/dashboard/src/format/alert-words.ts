/** Alerts in words: what rules are called, and what became of their mails. */
import type { RuleName } from '@hookpulse/common/domain/alerts/rules/rules';
import type { AlertView } from '@hookpulse/query-api/domain/alert-view';
import type { Tone } from '../ui/status-badge.tsx';

/** In the order of how much they tell of lost traffic, which groups of alerts are shown in. */
export const SHOWN_RULES = [
  'high_error_rate',
  'no_traffic',
  'signature_failures',
  'slow_processing',
] as const satisfies readonly RuleName[];

export const RULE_TITLES: Readonly<Record<RuleName, string>> = {
  high_error_rate: 'High error rate',
  no_traffic: 'No traffic',
  signature_failures: 'Signature failures',
  slow_processing: 'Slow processing',
};

/** Of a rule that this build does not know: its name. */
export function ruleTitle(rule: string): string {
  const known = SHOWN_RULES.find((name) => name === rule);
  return known ? RULE_TITLES[known] : rule;
}

export type MailState = AlertView['mail']['state'];

export const MAIL_WORDS: Readonly<Record<MailState, string>> = {
  pending: 'No mail yet',
  sending: 'Being mailed',
  accepted: 'Mailed',
  refused: 'Mail refused',
  silenced: 'Not mailed: silenced',
  disabled: 'Mails are switched off',
  no_receivers: 'Nobody to mail',
};

const MAIL_TONES: Readonly<Record<MailState, Tone>> = {
  pending: 'idle',
  sending: 'idle',
  accepted: 'good',
  refused: 'bad',
  silenced: 'idle',
  disabled: 'idle',
  no_receivers: 'warn',
};

type Mail = Pick<AlertView['mail'], 'state' | 'receivers' | 'attempts' | 'detail'>;

/** `Mailed to ops@example.com and 2 more`; why, where it cannot be delivered. */
export function mailSentence({ state, receivers, attempts, detail }: Mail): string {
  const isStuck = state === 'sending' && attempts > 0;
  const words = isStuck ? 'Not delivered' : MAIL_WORDS[state];
  const [first, ...others] = receivers;
  const isNamed = first !== undefined && (state === 'accepted' || state === 'sending');
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const sentence = isNamed ? `${words} to ${first}${more}` : words;
  if (!isStuck) return sentence;
  const tries = attempts === 1 ? 'one attempt' : `${attempts} attempts`;
  return `${sentence} after ${tries}${detail === null ? '' : `: ${detail}`}`;
}

export function mailTone({ state, attempts }: Pick<Mail, 'state' | 'attempts'>): Tone {
  return state === 'sending' && attempts > 0 ? 'warn' : MAIL_TONES[state];
}
