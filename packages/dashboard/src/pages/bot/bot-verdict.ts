/** Why a bot has the status it has, in words. */
import type { BotHealth } from '@hookpulse/api/bot-health';
import { ruleTitle } from '../../format/alert-rules.ts';
import { formatCount } from '../../format/numbers.ts';

type Verdict = Pick<BotHealth, 'status' | 'last_15_minutes' | 'webhook_registered'> & {
  readonly alerts: readonly Pick<BotHealth['alerts'][number], 'rule'>[];
};

/** The last minutes may be well, and an alert go on until it is known to be over. */
export function verdictOf(health: Verdict): string {
  const { alerts } = health;
  const verdict = statusVerdict(health);
  if (alerts.length === 0 || health.status !== 'healthy') return verdict;
  const names = alerts.map(({ rule }) => `“${ruleTitle(rule)}”`).join(', ');
  const noun = alerts.length === 1 ? 'alert' : 'alerts';
  const verb = alerts.length === 1 ? 'fires' : 'fire';
  return `${verdict} The ${noun} ${names} still ${verb} until enough events show that it is over.`;
}

function statusVerdict({
  status,
  last_15_minutes: span,
  webhook_registered,
}: Pick<BotHealth, 'status' | 'last_15_minutes' | 'webhook_registered'>): string {
  const share = `${formatCount(span.errors)} of ${formatCount(span.events)} events failed in the last 15 minutes (${span.error_rate})`;
  switch (status) {
    case 'healthy':
      if (span.errors > 0) return `${share}, within the limit.`;
      return span.events === 1
        ? 'The only event of the last 15 minutes succeeded.'
        : `All ${formatCount(span.events)} events of the last 15 minutes succeeded.`;
    case 'degraded':
      return `${share}, more than half of the unhealthy limit. ${mainCause(span)}`;
    case 'unhealthy':
      return `${share}. ${mainCause(span)}`;
    case 'no_traffic':
      return webhook_registered
        ? 'Nothing has arrived in the last 15 minutes. Check that the webhook is still set at Telegram and that somebody writes to the bot.'
        : 'No delivery with the right secret has arrived yet. Set the Telegram webhook as described below.';
    case 'awaiting_first_delivery':
      return webhook_registered
        ? 'Nothing has arrived since the bot was enabled. The no-traffic alert starts with its first delivery.'
        : 'The first delivery has not arrived yet. Set the Telegram webhook as described below.';
    default:
      return status satisfies never;
  }
}

/** What most of the errors are. */
function mainCause(span: BotHealth['last_15_minutes']): string {
  const causes = [
    { count: span.processing_errors, words: 'errors raised by the bot' },
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
