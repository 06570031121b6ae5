/** The one way to all channels: mails together, and every other receiver by its own protocol. */
import { isMailReceiver, type Receiver } from '@hookpulse/common/alerts/receiver';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Config } from '@hookpulse/service-kit/config/config';
import { createPublicHostGuard } from '@hookpulse/service-kit/http/host-guard';
import { sendAlertmanager } from './http/alertmanager.ts';
import { createHttpSender } from './http/http-sender.ts';
import { sendPagerDuty } from './http/pagerduty.ts';
import { sendSlack } from './http/slack.ts';
import { sendTelegram } from './http/telegram.ts';
import { sendWebhook } from './http/webhook.ts';
import type { MailTransport } from './mail/mail.ts';
import type { Channel, Notification, Outcome, Verdict } from './notification.ts';
import type { ReceiverBook } from './receiver-book.ts';

export interface ChannelsDeps {
  readonly mail: MailTransport;
  readonly book: Pick<ReceiverBook, 'open' | 'tokenOf'>;
  readonly settings: ChannelSettings;
  readonly clock: Clock;
}

export type ChannelSettings = Config['channels'] & {
  /** Of one request, milliseconds; default: of each protocol. */
  readonly timeoutMs?: number;
};

/** Connects to nothing yet. */
export function openChannels({ mail, book, settings, clock }: ChannelsDeps): Channel {
  const { timeoutMs } = settings;
  const limits = timeoutMs === undefined ? {} : { timeoutMs };
  const guard = createPublicHostGuard(settings.allowedHosts);
  const guarded = createHttpSender({ guard, ...limits });
  const direct = createHttpSender({ guard: null, ...limits });
  const stopped = Promise.withResolvers<Verdict>();
  return {
    name: mail.name,
    ...(mail.probe ? { probe: mail.probe } : {}),
    async send(notification) {
      const [name] = notification.to;
      if (name === undefined || isMailReceiver(name)) return mail.send(notification);
      const opened = book.open(name, notification.alerts);
      if (opened.kind === 'later' || opened.kind === 'refused') return outcomeOf(opened, name);
      return outcomeOf(await Promise.race([attempt(notification, opened), stopped.promise]), name);
    },
    async close() {
      stopped.resolve({ kind: 'later', detail: STOPPED, afterMs: null });
      await Promise.all([mail.close(), guarded.close(), direct.close()]);
    },
  };

  async function attempt(notification: Notification, receiver: Receiver): Promise<Verdict> {
    switch (receiver.kind) {
      case 'mail':
        throw new TypeError('mails go out together');
      case 'telegram': {
        const token = book.tokenOf(receiver, notification.alerts);
        if (typeof token !== 'string') return token;
        const { telegramApiUrl: apiUrl } = settings;
        return sendTelegram(notification, { ...receiver, token }, { apiUrl, ...limits });
      }
      case 'webhook': {
        const secret = receiver.secret ?? settings.webhookSecret;
        if (secret === null) return { kind: 'later', detail: NO_SECRET, afterMs: null };
        return sendWebhook(notification, { url: receiver.url, secret }, guarded, clock.now());
      }
      case 'slack':
        return sendSlack(notification, receiver.url, guarded);
      case 'pagerduty':
        return sendPagerDuty(notification, receiver.routingKey, settings.pagerDutyApiUrl, direct);
      case 'alertmanager':
        return sendAlertmanager(notification, receiver.url, guarded);
      default:
        return receiver satisfies never;
    }
  }
}

const STOPPED = 'Hookpulse stopped before it was answered';
const NO_SECRET =
  'the URL has no secret to sign with: put #whsec_<secret> behind it, or set ALERT_WEBHOOK_SECRET';

function outcomeOf(verdict: Verdict, receiver: string): Outcome {
  const { detail } = verdict;
  switch (verdict.kind) {
    case 'taken':
      return { kind: 'accepted', detail, taken: [receiver] };
    case 'refused':
      return { kind: 'refused', detail };
    case 'later': {
      const { afterMs } = verdict;
      const wait = afterMs === null ? {} : { afterMs };
      return { kind: 'later', detail, leftTo: [receiver], taken: [], ...wait };
    }
    default:
      return verdict satisfies never;
  }
}
