/** An alert's reason where its bot stands beside it: without the bot's name again. */
import type { AlertView } from '@hookpulse/api/alert-view';

/** `Bot "Orders" has 15.0% error rate (15/100 failed).` becomes `15.0% error rate (15/100 failed).` */
export function shortReason({ bot_name, reason }: Pick<AlertView, 'bot_name' | 'reason'>): string {
  const beginnings = [
    `Bot "${bot_name}" has had `,
    `Bot "${bot_name}" has a `,
    `Bot "${bot_name}" has `,
    `Bot "${bot_name}" `,
    `Security alert for bot ${bot_name}: `,
  ];
  const said = beginnings.find((beginning) => reason.startsWith(beginning)) ?? '';
  const rest = reason.slice(said.length);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
