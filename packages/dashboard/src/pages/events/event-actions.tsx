/** What one does with an event: goes to its bot, follows its update, asks for it elsewhere. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { curlOf } from '../../format/curl.ts';
import { UpdateActions } from '../../replaying/update-actions.tsx';
import { LinkButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { eventPath } from './event-query.ts';

export function EventActions({ event }: { readonly event: WebhookEvent }) {
  const { event_id, bot_id, update_id } = event;
  return (
    <div class="event-actions">
      <LinkButton href={`/bots/${bot_id}`}>Go to the bot</LinkButton>
      {update_id !== null && (
        <LinkButton href={`/events?${new URLSearchParams({ bot_id, update_id: `${update_id}` })}`}>
          All events of this update
        </LinkButton>
      )}
      {update_id !== null && <UpdateActions botId={bot_id} updateId={update_id} />}
      <CopyButton
        text={curlOf(eventPath(event_id), window.location.origin)}
        what="the curl request for this event"
        kind="plain"
        title="Copy as curl"
      />
    </div>
  );
}
