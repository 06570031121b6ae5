/** What became of the mails of alerts, in words. */

import type { AlertTestView } from '@hookpulse/api/alert-test';
import type { AlertView } from '@hookpulse/api/alert-view';
import type { Tone } from '../ui/status-badge.tsx';

type Mail = Pick<AlertView['mail'], 'state' | 'attempts' | 'detail'> & {
  readonly receivers: readonly string[];
};

/** What became of a notification: that a mail was written or tried says nothing of who got it. */
type Fate = AlertView['mail']['state'] | 'written' | 'stuck';

const FATE_WORDS: Readonly<Record<Fate, string>> = {
  pending: 'Not notified yet',
  sending: 'Being mailed',
  stuck: 'Not delivered',
  accepted: 'Mailed',
  written: 'Written to a file',
  refused: 'Mail refused',
  silenced: 'Not mailed: silenced',
  disabled: 'Email off',
  no_receivers: 'No receiver: set one',
};

/** Of receivers that are not mailed. */
const CHANNEL_WORDS: Partial<Readonly<Record<Fate, string>>> = {
  sending: 'Being sent',
  accepted: 'Sent',
  refused: 'Refused',
};

const FATE_TONES: Readonly<Record<Fate, Tone>> = {
  pending: 'idle',
  sending: 'idle',
  stuck: 'warn',
  accepted: 'good',
  written: 'warn',
  refused: 'bad',
  silenced: 'idle',
  disabled: 'idle',
  no_receivers: 'warn',
};

const NAMING: readonly Fate[] = ['accepted', 'sending', 'stuck'];

/** As the outbox says it: see `outbox-transport.ts` of the alerter. */
const WRITTEN = /^written as /;

function fateOf({ state, receivers, attempts, detail }: Mail): Fate {
  const isUnderWay = state === 'sending';
  if (state !== 'accepted' && !isUnderWay) return state;
  if (isUnderWay && attempts > 0) return 'stuck';
  if (receivers.length === 0) return 'no_receivers';
  return !isUnderWay && WRITTEN.test(detail ?? '') ? 'written' : state;
}

export function mailTone(mail: Mail): Tone {
  return FATE_TONES[fateOf(mail)];
}

/** `Mailed to ops@example.com and 2 more`; why, where it cannot be delivered. */
export function mailSentence(mail: Mail): string {
  const { receivers, attempts, detail } = mail;
  const fate = fateOf(mail);
  const [first, ...others] = receivers;
  const isNamed = first !== undefined && NAMING.includes(fate);
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const words = CHANNEL_WORDS[fate];
  const isChannel = first?.includes('://') && words !== undefined;
  const sentence = (isChannel ? words : FATE_WORDS[fate]) + (isNamed ? ` to ${first}${more}` : '');
  if (fate !== 'stuck') return sentence;
  const tries = attempts === 1 ? 'one attempt' : `${attempts} attempts`;
  return `${sentence} after ${tries}${detail === null ? '' : `: ${detail}`}`;
}

const TEST_WORDS: Readonly<Record<AlertTestView['result'], string>> = {
  taken: 'Arrived',
  not_now: 'Not taken now; an alert would be tried again',
  refused: 'Refused; an alert would be given up',
};
const TEST_TONES: Readonly<Record<AlertTestView['result'], Tone>> = {
  taken: 'good',
  not_now: 'warn',
  refused: 'bad',
};

/** `Arrived: hooks.slack.com answered 200 "ok"` */
export function testSentence({ result, detail }: AlertTestView): string {
  return detail === null ? TEST_WORDS[result] : `${TEST_WORDS[result]}: ${detail}`;
}

export function testTone({ result }: AlertTestView): Tone {
  return TEST_TONES[result];
}
