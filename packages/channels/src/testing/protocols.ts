/** Strict stand-ins of the protocols: each refuses a request that its documentation does not allow. */
import { createHmac } from 'node:crypto';
import { type Clock, systemClock } from '@hookpulse/common/runtime/clock';
import { isRecord, recordsIn } from './records.ts';
import type { Protocol, ReceivedPost } from './stand-in-receiver.ts';

export const SIGNING_SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
export const ROUTING_KEY = '0123456789abcdef0123456789ABCDEF';
export const BOT_TOKEN = '123456:abcdefghijklmnopqrstuvwxyzABCDEFGHI';
export const SLACK_PATH = '/services/T000/B000/XXXX';
export const CHAT_ID = -1_001_234_567_890;

/** Standard Webhooks: three headers, and the signature over id, time and body. */
export const webhookProtocol = webhookProtocolBy(systemClock);

/** As `webhookProtocol`, where the sender's time is not the real one. */
export function webhookProtocolBy(clock: Clock): Protocol {
  return (post) => {
    const { headers, body } = post;
    const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
      (name) => String(headers[name]),
    );
    const age = Math.abs(clock.now() / 1_000 - Number(timestamp));
    const key = Buffer.from(SIGNING_SECRET.slice('whsec_'.length), 'base64');
    const signed = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    const isRight = signature === `v1,${signed}` && age < 300 && !String(id).includes('.undefined');
    const { type, timestamp: at, data } = json(post);
    const isFormed = typeof type === 'string' && typeof at === 'string' && isRecord(data);
    return isRight && isFormed ? took(204) : refused(400, 'bad signature');
  };
}

export const slackProtocol: Protocol = (post) => {
  if (post.path !== SLACK_PATH) return refused(404, 'no_service');
  const { text } = json(post);
  return typeof text === 'string' && text !== '' && text.length <= 40_000
    ? took(200, 'ok')
    : refused(400, 'invalid_payload');
};

export const pagerDutyProtocol: Protocol = (post) => {
  if (post.path !== '/v2/enqueue') return refused(404, 'not found');
  const { routing_key: key, event_action: action, dedup_key: dedup, payload } = json(post);
  const hasKey = key === ROUTING_KEY && typeof dedup === 'string' && dedup.length <= 255;
  const isTrigger = action === 'trigger' && isRecord(payload) && isPayload(payload);
  if (!hasKey || !(isTrigger || action === 'resolve')) {
    return refused(400, '{"status":"invalid event"}');
  }
  return took(202, '{"status":"success"}');
};

function isPayload({ summary, source, severity }: Readonly<Record<string, unknown>>): boolean {
  return (
    typeof summary === 'string' &&
    summary.length <= 1_024 &&
    typeof source === 'string' &&
    source !== '' &&
    ['critical', 'error', 'warning', 'info'].includes(String(severity))
  );
}

export const alertmanagerProtocol: Protocol = (post) => {
  if (post.path !== '/api/v2/alerts') return refused(404, 'not found');
  const alerts = recordsIn(JSON.parse(post.body));
  const areFormed = alerts.every(({ labels, startsAt, endsAt }) => {
    if (!isRecord(labels)) return false;
    const isNamed = Object.keys(labels).every((name) => /^[a-zA-Z_]\w*$/.test(name));
    return isNamed && Date.parse(String(endsAt)) > Date.parse(String(startsAt));
  });
  return alerts.length > 0 && areFormed ? took(200) : refused(400, '{"code":400}');
};

export const telegramProtocol: Protocol = (post) => {
  if (post.path !== `/bot${BOT_TOKEN}/sendMessage`) {
    return refused(404, '{"ok":false,"error_code":404,"description":"Not Found"}');
  }
  const { chat_id: chatId, text } = json(post);
  if (chatId !== CHAT_ID || typeof text !== 'string' || text.length > 4_096 || text === '') {
    const description = 'Bad Request: chat not found';
    return refused(400, JSON.stringify({ ok: false, error_code: 400, description }));
  }
  return took(200, '{"ok":true,"result":{"message_id":1}}');
};

function took(status: number, body = '') {
  return { status, body, isTaken: true };
}

function refused(status: number, body: string) {
  return { status, body, isTaken: false };
}

function json({ body }: ReceivedPost): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(body);
  return isRecord(parsed) ? parsed : {};
}
