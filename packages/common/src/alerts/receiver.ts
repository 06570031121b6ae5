/**
 * Where notifications of alerts go: a mail address, or the URL of another channel. A URL that holds a
 * secret is kept as its short form and, behind a `#`, the whole URL sealed; everybody but the sender
 * sees the short form, which is also the receiver's name on the log.
 */
import { v5 } from 'uuid';
import {
  CREDENTIAL_ESCAPES,
  hasUnescapedCredentials,
  seemsUnescaped,
} from '../values/url-credentials.ts';

export type Receiver =
  | { readonly kind: 'mail'; readonly address: string }
  | {
      readonly kind: 'telegram';
      /** `-1001234567890` or `@channel`. */
      readonly chatId: string;
      /** Of a forum; null: none. */
      readonly topicId: number | null;
      /** The bot of the fleet that sends it; null: the bot of ALERT_BOT_TOKEN. */
      readonly botId: string | null;
    }
  | {
      readonly kind: 'webhook';
      readonly url: string;
      /** `whsec_…`; null: that of ALERT_WEBHOOK_SECRET. */
      readonly secret: string | null;
    }
  | { readonly kind: 'slack'; readonly url: string }
  | { readonly kind: 'pagerduty'; readonly routingKey: string }
  /** @see https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
  | { readonly kind: 'alertmanager'; readonly url: string };

export type ReceiverKind = Receiver['kind'];

export type ReadReceiver =
  | {
      readonly isOk: true;
      readonly receiver: Receiver;
      /** Without secrets; two receivers have the same only if they are the same. */
      readonly shown: string;
      readonly hasSecret: boolean;
    }
  /** Completes "… must be …", for people. */
  | { readonly isOk: false; readonly problem: string };

export const RECEIVER_KINDS = [
  'mail',
  'telegram',
  'webhook',
  'slack',
  'pagerduty',
  'alertmanager',
] as const satisfies readonly ReceiverKind[];
export const MAX_RECEIVER_LENGTH = 2_048;
export const RECEIVER_FORMS =
  'a mail address, or a URL: telegram://<chat_id>, https://<host>/<path>#whsec_<secret>, slack://hooks.slack.com/services/<path>, pagerduty://<routing_key> or alertmanager+https://<host>';

/** As the environment's addresses are checked; no control character gets near a mail's headers. */
const ADDRESS_PART = '[^\\s\\x00-\\x1f\\x7f@<>()\\[\\]\\\\,;:"]+';
const MAIL = new RegExp(`^(?:mailto:)?(${ADDRESS_PART}@${ADDRESS_PART})$`, 'i');
const SCHEME = /^([a-z][a-z\d+.-]*):\/\/(.*)$/i;
const TELEGRAM = /^(-?\d{1,19}|@[a-z]\w{3,31})(?:\/(\d{1,10}))?(?:\?bot=([\w-]{1,64}))?$/i;
/** Events API v2: 32 letters and digits. */
const ROUTING_KEY = /^[a-z\d]{32}$/i;
/** Standard Webhooks: 24 to 64 bytes, base64. */
export const SIGNING_SECRET = /^whsec_[A-Za-z\d+/]{32,86}={0,2}$/;
/** The three parts that Slack hands out, without the host. */
const SLACK_PARTS = /^(T\w+)\/(B\w+)\/(\w+)$/;
const SLACK_HOOKS = 'hooks.slack.com/services/';
const SEALED = /#(v\d+\.[\w-]+\.[\w-]+)$/;
/** Stands for what is secret, before a mark by which two can be told apart. */
const HIDDEN = '***-';
const SHORT_FORM = /\/\*{3}-[\da-f]{8}$/;
/** Namespace of those marks (RFC 9562, section 5.5); chosen once, never changed. */
const NAMESPACE = '5f0e3f7e-6a0b-4b0e-9b0f-52f5a1c3d7a4';
const MARK_LENGTH = 8;

/** @param text - as people write it: whole, not the short form */
export function readReceiver(text: string): ReadReceiver {
  const trimmed = text.trim();
  if (trimmed.length > MAX_RECEIVER_LENGTH) {
    return problem(`shorter than ${MAX_RECEIVER_LENGTH} characters`);
  }
  const [, address] = MAIL.exec(trimmed) ?? [];
  if (address !== undefined) {
    return read({ kind: 'mail', address }, address, false);
  }
  if (isShortForm(trimmed)) {
    return problem('the whole URL: this is the short form in which it is shown');
  }
  const [, scheme, rest = ''] = SCHEME.exec(trimmed) ?? [];
  switch (scheme?.toLowerCase()) {
    case 'telegram':
      return telegram(rest);
    case 'http':
    case 'https':
      return webhook(trimmed);
    case 'slack':
      return slack('https', rest);
    case 'slack+http':
      return slack('http', rest);
    case 'pagerduty':
      return pagerDuty(rest);
    case 'alertmanager':
    case 'alertmanager+https':
      return alertmanager('https', rest);
    case 'alertmanager+http':
      return alertmanager('http', rest);
    default:
      return problem(RECEIVER_FORMS);
  }
}

/** Whether a text is a short form that stands for a secret. */
export function isShortForm(text: string): boolean {
  return SHORT_FORM.test(text);
}

/** As it is shown and named on the log. @param stored - as settings hold it, or as people write it */
export function shownReceiver(stored: string): string {
  const sealed = SEALED.exec(stored);
  if (sealed) return stored.slice(0, sealed.index);
  const result = readReceiver(stored);
  return result.isOk ? result.shown : stored;
}

/** The sealed URL of a stored receiver; null: nothing of it is sealed. */
export function sealedPart(stored: string): string | null {
  return SEALED.exec(stored)?.[1] ?? null;
}

export function withSealed(shown: string, sealed: string): string {
  return `${shown}#${sealed}`;
}

/** @param shown - as it is named on the log; absent: the receivers that one mail goes to together */
export function receiverKind(shown: string | null | undefined): ReceiverKind {
  const [, scheme] = SCHEME.exec(shown ?? '') ?? [];
  const [name] = (scheme ?? 'mail').split('+');
  return RECEIVER_KINDS.find((kind) => kind === name) ?? 'webhook';
}

/** Whether it is one of the receivers that one mail goes to together; all others have a way of their own. */
export function isMailReceiver(shown: string): boolean {
  return !SCHEME.test(shown);
}

function read(receiver: Receiver, shown: string, hasSecret: boolean): ReadReceiver {
  return { isOk: true, receiver, shown, hasSecret };
}

function problem(sentence: string): ReadReceiver {
  return { isOk: false, problem: sentence };
}

function unescaped(): ReadReceiver {
  return problem(`a URL with its user name and password escaped: ${CREDENTIAL_ESCAPES}`);
}

function telegram(rest: string): ReadReceiver {
  const [, chatId, topic, bot] = TELEGRAM.exec(rest) ?? [];
  if (chatId === undefined) {
    return problem(
      'telegram://<chat_id>, such as telegram://-1001234567890 or telegram://@channel; a topic follows as /<topic_id>, and ?bot=<bot_id> names the bot that sends',
    );
  }
  const topicId = topic === undefined ? null : Number(topic);
  const receiver: Receiver = { kind: 'telegram', chatId, topicId, botId: bot ?? null };
  return read(receiver, `telegram://${rest}`, false);
}

function webhook(text: string): ReadReceiver {
  if (seemsUnescaped(text)) return unescaped();
  const url = webUrl(text);
  if (!url) return problem('an https URL with a host, such as https://example.com/alerts');
  // A fragment never leaves the sender, which makes it the place of the secret.
  const fragment = url.hash.slice(1);
  if (fragment !== '' && !SIGNING_SECRET.test(fragment)) {
    return problem(
      'a URL whose part behind # is a signing secret of Standard Webhooks: whsec_ and 24 to 64 bytes in base64. Create one with: echo "whsec_$(openssl rand -base64 32)"',
    );
  }
  url.hash = '';
  const receiver: Receiver = { kind: 'webhook', url: url.href, secret: fragment || null };
  const secret = `${url.href}#${fragment}`;
  return read(receiver, `${url.protocol}//${url.host}/${hidden(secret)}`, true);
}

function slack(protocol: 'http' | 'https', rest: string): ReadReceiver {
  const place = SLACK_PARTS.test(rest) ? `${SLACK_HOOKS}${rest}` : rest;
  const address = `${protocol}://${place}`;
  if (hasUnescapedCredentials(address)) return unescaped();
  const url = webUrl(address);
  if (!url || url.pathname === '/' || url.hash !== '') {
    return problem(
      'the URL of an incoming webhook with slack:// instead of https://, such as slack://hooks.slack.com/services/T000/B000/XXXX',
    );
  }
  const scheme = protocol === 'https' ? 'slack' : 'slack+http';
  const shown = `${scheme}://${url.host}/${hidden(url.href)}`;
  return read({ kind: 'slack', url: url.href }, shown, true);
}

function pagerDuty(rest: string): ReadReceiver {
  const routingKey = rest.replace(/\/$/, '');
  if (!ROUTING_KEY.test(routingKey)) {
    return problem(
      'pagerduty://<routing_key>, with the 32 letters and digits of the integration key of Events API v2',
    );
  }
  return read({ kind: 'pagerduty', routingKey }, `pagerduty://${hidden(routingKey)}`, true);
}

function alertmanager(protocol: 'http' | 'https', rest: string): ReadReceiver {
  const address = `${protocol}://${rest}`;
  if (hasUnescapedCredentials(address)) return unescaped();
  const url = webUrl(address);
  if (url === null || url.search + url.hash !== '') {
    return problem(
      'alertmanager+https://<host>, without query, as Alertmanager is reached: alertmanager+https://alerts.example.com',
    );
  }
  const hasSecret = url.username !== '' || url.password !== '';
  const whole = url.href.replace(/\/+$/, '');
  const place = `${url.host}${url.pathname}`.replace(/\/+$/, '');
  const shown = `alertmanager+${protocol}://${place}${hasSecret ? `/${hidden(whole)}` : ''}`;
  return read({ kind: 'alertmanager', url: whole }, shown, hasSecret);
}

/** Null: it is none that can be asked. */
function webUrl(text: string): URL | null {
  if (/\s/.test(text)) return null;
  const url = URL.parse(text);
  return url && url.hostname !== '' ? url : null;
}

function hidden(secret: string): string {
  return `${HIDDEN}${v5(secret, NAMESPACE).slice(0, MARK_LENGTH)}`;
}
