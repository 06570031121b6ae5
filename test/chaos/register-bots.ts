/** The bots of a run's traffic. */
import type { HookpulseClient, RegisteredBot } from '../support/hookpulse-client.ts';

export type DrivenBot = Pick<RegisteredBot, 'secret'>;

/** By id. Mails to the same people would gather for half a minute, so each has a receiver of its own. */
export async function registerBots(
  client: HookpulseClient,
  botIds: readonly string[],
): Promise<ReadonlyMap<string, DrivenBot>> {
  const bots = new Map<string, DrivenBot>();
  for (const botId of botIds) {
    const secret = `secret-of-${botId}`;
    const alerts = { receivers: [`${botId}@example.com`] };
    await client.registerBotUntilTaken(botId, { webhook_secret: secret, alerts });
    bots.set(botId, { secret });
  }
  return bots;
}
