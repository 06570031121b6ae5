/** How Telegram is told where to deliver a bot's updates. */
import { useSession } from '../../api/session.tsx';
import { Card } from '../../ui/card.tsx';
import { WebhookCommand } from './webhook-command.tsx';

export function BotSetup({ botId }: { readonly botId: string }) {
  const { writes } = useSession();
  return (
    <Card title="Point Telegram at it">
      <div class="setup">
        <p class="bot-note">
          Telegram delivers to an https address that reaches ingest (INGEST_PORT). Put in the token
          of BotFather, and the secret that was shown when the bot was registered here; a lost one
          is replaced by{' '}
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
