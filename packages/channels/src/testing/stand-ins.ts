/** Every channel that speaks HTTP, with the stand-in of its protocol and how it says "not now". */
import {
  alertmanagerProtocol,
  BOT_TOKEN,
  CHAT_ID,
  pagerDutyProtocol,
  ROUTING_KEY,
  SIGNING_SECRET,
  SLACK_PATH,
  slackProtocol,
  telegramProtocol,
  webhookProtocol,
} from './protocols.ts';
import type { Protocol, StandInAnswer, StandInReceiver } from './stand-in-receiver.ts';

export interface StandInChannel {
  readonly name: string;
  readonly protocol: Protocol;
  /** As an operator writes it. */
  receiver(server: StandInReceiver): string;
  /** What is never taken, however often it is tried. */
  readonly refusal: StandInAnswer;
  /** Asks to wait for so many seconds. */
  tooMany(seconds: number): StandInAnswer;
  /** Whether a secret of the receiver is in a text. */
  readonly secret: string | null;
}

const retryAfter = (seconds: number): StandInAnswer => ({
  status: 429,
  headers: { 'retry-after': String(seconds) },
  body: 'slow down',
});

export const STAND_IN_CHANNELS: readonly StandInChannel[] = [
  {
    name: 'webhook',
    protocol: webhookProtocol,
    receiver: ({ url }) => `${url}/alerts/in#${SIGNING_SECRET}`,
    refusal: { status: 410, body: 'gone' },
    tooMany: retryAfter,
    secret: SIGNING_SECRET,
  },
  {
    name: 'slack',
    protocol: slackProtocol,
    receiver: ({ host }) => `slack+http://${host}${SLACK_PATH}`,
    refusal: { status: 404, body: 'no_service' },
    tooMany: retryAfter,
    secret: SLACK_PATH,
  },
  {
    name: 'pagerduty',
    protocol: pagerDutyProtocol,
    receiver: () => `pagerduty://${ROUTING_KEY}`,
    refusal: { status: 400, body: '{"status":"invalid event"}' },
    tooMany: retryAfter,
    secret: ROUTING_KEY,
  },
  {
    name: 'alertmanager',
    protocol: alertmanagerProtocol,
    receiver: ({ host }) => `alertmanager+http://ops:hidden-password@${host}`,
    refusal: { status: 400, body: '{"code":400}' },
    tooMany: retryAfter,
    secret: 'hidden-password',
  },
  {
    name: 'telegram',
    protocol: telegramProtocol,
    receiver: () => `telegram://${CHAT_ID}`,
    refusal: {
      status: 403,
      body: '{"ok":false,"error_code":403,"description":"Forbidden: bot was kicked"}',
    },
    tooMany: (seconds) => ({
      status: 429,
      body: JSON.stringify({
        ok: false,
        error_code: 429,
        description: 'Too Many Requests',
        parameters: { retry_after: seconds },
      }),
    }),
    secret: BOT_TOKEN,
  },
];
