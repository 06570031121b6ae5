/** Why a bot has the status it has, in words. */
import type { BotHealth } from '@hookpulse/query-api/domain/bot-health';
import { formatCount } from '../../format/numbers.ts';

type Verdict = Pick<BotHealth, 'status' | 'last_15_minutes' | 'webhook_registered'>;

export function verdictOf({ status, last_15_minutes: span, webhook_registered }: Verdict): string {
  const share = `${formatCount(span.errors)} of ${formatCount(span.events)} events failed in the last 15 minutes (${span.error_rate})`;
  switch (status) {
    case 'healthy':
      return span.errors === 0
        ? `All ${formatCount(span.events)} events of the last 15 minutes went well.`
        : `${share}: few enough.`;
    case 'degraded':
      return `${share}: more than half of what is unhealthy. ${mainCause(span)}`;
    case 'unhealthy':
      return `${share}. ${mainCause(span)}`;
    case 'no_traffic':
      return webhook_registered
        ? 'Nothing has arrived in the last 15 minutes. Does Telegram still know the webhook, and is there anybody who writes to the bot?'
        : 'No delivery with the right secret has arrived yet: point Telegram at it, as told below.';
    default:
      return status satisfies never;
  }
}

/** What most of the errors are. */
function mainCause(span: BotHealth['last_15_minutes']): string {
  const causes = [
    { count: span.processing_errors, words: 'raised while the bot processed them' },
    { count: span.timeout_errors, words: 'timeouts: received and never processed in time' },
    {
      count: span.signature_validation_failures,
      words: 'deliveries with a wrong secret, or with none',
    },
  ];
  const [main] = causes.toSorted((a, b) => b.count - a.count);
  if (!main || main.count === 0) return '';
  const which = main.count === span.errors ? 'All' : 'Most';
  return `${which} of them are ${main.words}.`;
}
