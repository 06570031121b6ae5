/** Warns that Hookpulse does not carry out the Bot API requests in a bot's answers. The bot's users miss them. */
import type { BotDetails } from '@hookpulse/api/bot-view';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { DAY_MS } from '@hookpulse/common/values/durations';
import type { ListAnswer } from '../../api/answers.ts';
import { useResource } from '../../api/resources.ts';
import { useNow } from '../../state/use-now.ts';
import { Time } from '../../ui/time.tsx';
import { pathOfBot } from '../bots/write-bot.ts';

const REFRESH_MS = 15_000;
/** What is older may have been mended. */
const SHOWN_MS = DAY_MS;

export function LostReplies({ botId }: { readonly botId: string }) {
  const query = new URLSearchParams({
    bot_id: botId,
    event_type: 'response_sent',
    error_type: 'ReplyNotCarriedOut',
    limit: '1',
  });
  const lost = useResource<ListAnswer<'events', WebhookEvent>>(`/api/events?${query}`, {
    refreshMs: REFRESH_MS,
  });
  const bot = useResource<BotDetails>(pathOfBot(botId));
  const nowMs = useNow();
  const [event] = lost.data?.events ?? [];
  if (!event || Date.parse(event.timestamp) < nowMs - SHOWN_MS) return null;
  return (
    <p class="delivery-failure" role="status">
      The bot answered with a Bot API request that was not carried out,{' '}
      <Time at={event.timestamp} />: <code>{event.error_message}</code>.
      {bot.data?.has_bot_token === false &&
        ' Hookpulse needs the bot token for that: adopt the bot, or set bot_token with the API.'}
    </p>
  );
}
