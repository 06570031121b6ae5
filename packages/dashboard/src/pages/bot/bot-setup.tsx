/** How Telegram is told where to deliver a bot's updates. */
import { useSession } from '../../api/session.tsx';
import { Card } from '../../ui/card.tsx';
import { WebhookCommand } from './webhook-command.tsx';

export function BotSetup({ botId }: { readonly botId: string }) {
  const { writes } = useSession();
  return (
    <Card title="Set the Telegram webhook">
      <div class="setup">
        <p class="bot-note">
          Telegram needs an https address that reaches ingest (INGEST_PORT). Fill in the token from
          BotFather and the secret shown when the bot was registered. Replace a lost secret by{' '}
          {writes ? (
            <a href={`/bots?edit=${botId}&section=secrets`}>rotating it</a>
          ) : (
            <code>npx hookpulse bot rotate-secret {botId}</code>
          )}
          .
        </p>
        <WebhookCommand botId={botId} />
      </div>
    </Card>
  );
}
