/** The way from a refused delivery to a mail that somebody could read. */
import { randomUUID } from 'node:crypto';
import { until } from '@hookpulse/common/testing/until';
import Type from 'typebox';
import { Value } from 'typebox/value';
import type { HookpulseClient } from '../../support/hookpulse-client.ts';
import type { ComposeProject } from './compose-project.ts';

const Mails = Type.Object({
  messages: Type.Array(
    Type.Object({
      Subject: Type.String(),
      To: Type.Array(Type.Object({ Address: Type.String() })),
    }),
  ),
});
/** More than `WEBHOOK_SIGNATURE_FAILURE_THRESHOLD`. */
const WRONG_SECRETS = 8;
const PATIENCE_MS = 120_000;

/** @returns the subject of the mail */
export async function alertMails(
  project: ComposeProject,
  client: HookpulseClient,
): Promise<string> {
  const botId = `attacked-${randomUUID()}`;
  await client.registerBot(botId);
  for (let id = 0; id < WRONG_SECRETS; id += 1) {
    await until('the refusal', async () => {
      const { status } = await client.deliver(botId, 'wrong', { update_id: id });
      return status === 401;
    });
  }
  const mail = await until(
    'a mail at the catcher',
    async () => {
      const response = await fetch(`http://127.0.0.1:${project.ports.mailpit}/api/v1/messages`);
      const { messages } = Value.Parse(Mails, await response.json());
      return messages.find(({ Subject }) => Subject.includes(botId));
    },
    PATIENCE_MS,
  );
  const receivers = mail.To.map(({ Address }) => Address).join();
  if (receivers !== 'ops@example.com') throw new Error(`it went to ${receivers}`);
  return mail.Subject;
}
