/** What was erased of a bot, in words. */
import type { ErasedHistory } from '@hookpulse/common/bots/erased-history';
import { formatCount } from '../../format/numbers.ts';

/** `1,204 events, 24 hours and 1 alert` */
export function erasedText({ raw_events, hourly_rows, alerts }: ErasedHistory): string {
  return `${counted(raw_events, 'event')}, ${counted(hourly_rows, 'hour')} and ${counted(alerts, 'alert')}`;
}

/** What can still be found, a sentence each; begins with a space. */
export function remainsText({ remains }: Pick<ErasedHistory, 'remains'>): string {
  return remains.map(({ what, until }) => ` Still stored until ${until}: ${what}.`).join('');
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}
