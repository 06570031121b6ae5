/** Do alerts reach anybody, and do the servers of their channels answer? Sends nothing. */
import { connect } from 'node:net';
import { type Receiver, readReceiver } from '@hookpulse/common/alerts/receiver';
import { errorCode } from '@hookpulse/common/values/error-code';
import type { Config } from '@hookpulse/service-kit/config/config';
import { createPublicHostGuard, type HostGuard } from '@hookpulse/service-kit/http/host-guard';
import Type from 'typebox';
import type { ApiAccess } from '../api/access.ts';
import { QueryApi } from '../api/query-api.ts';
import { CommandError } from '../command-error.ts';
import type { Check } from './check.ts';

const TIMEOUT_MS = 5_000;
const NAME = 'receivers';
const NotificationsSchema = Type.Object({
  channel: Type.String(),
  receivers: Type.Integer(),
  bots_without_receivers: Type.Integer(),
});

export async function checkReceivers(config: Config, api: ApiAccess): Promise<Check[]> {
  const channels = config.mail.to.flatMap((text) => {
    const result = readReceiver(text);
    return result.isOk && result.receiver.kind !== 'mail' ? [result] : [];
  });
  const guard = createPublicHostGuard(config.channels.allowedHosts);
  const checks = channels.map(({ shown, receiver }) =>
    checkChannel(shown, receiver, config, guard),
  );
  return [await checkAnybody(config, api), ...(await Promise.all(checks))];
}

async function checkAnybody({ alerts }: Config, api: ApiAccess): Promise<Check> {
  if (!alerts.enabled) {
    return {
      name: NAME,
      state: 'warning',
      detail: 'alerts are switched off: nothing is sent',
      remedy: 'Set WEBHOOK_ALERTS_ENABLED=true, or remove it, and restart the alerter.',
    };
  }
  try {
    const view = await new QueryApi(api).get('/api/notifications', NotificationsSchema);
    const { receivers, bots_without_receivers: bots } = view;
    if (receivers > 0) return { name: NAME, state: 'ok', detail: `${receivers} for all bots` };
    const whose = bots === 0 ? 'none is set for all bots' : `alerts of ${bots} bots reach nobody`;
    return {
      name: NAME,
      state: bots === 0 ? 'ok' : 'warning',
      detail: whose,
      ...(bots === 0
        ? {}
        : {
            remedy:
              'Set ADMIN_EMAIL, or receivers on the page Alerts, Settings. Try them with npx hookpulse alerts test <receiver>.',
          }),
    };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { name: NAME, state: 'skipped', detail: 'not known: the query API cannot be asked' };
  }
}

async function checkChannel(
  shown: string,
  receiver: Receiver,
  { channels }: Config,
  guard: HostGuard,
): Promise<Check> {
  const name = `receiver ${shown}`;
  if (receiver.kind === 'telegram') {
    if (receiver.botId !== null || channels.botToken !== null) {
      return { name, state: 'ok', detail: 'a bot that sends is named' };
    }
    return {
      name,
      state: 'problem',
      detail: 'no bot sends it',
      remedy:
        'Set ALERT_BOT_TOKEN to the token of a bot that is in the chat, or name a bot whose token is known: telegram://<chat_id>?bot=<bot_id>.',
    };
  }
  if (receiver.kind === 'mail') return { name, state: 'ok', detail: 'is mailed to' };
  const isDirect = receiver.kind === 'pagerduty';
  const url = new URL(isDirect ? channels.pagerDutyApiUrl : receiver.url);
  const failure = await connectionProblem(url, isDirect ? null : guard);
  if (failure === null) return { name, state: 'ok', detail: `${url.host} can be reached` };
  const isForbidden = failure.includes('ALERT_ALLOWED_HOSTS');
  return {
    name,
    state: 'problem',
    detail: failure,
    remedy: isForbidden
      ? `Add ${url.hostname} to ALERT_ALLOWED_HOSTS if alerts may go there, and restart the alerter and the query API.`
      : `Let this machine open connections to ${url.host} (DNS, firewall), then run npx hookpulse alerts test with the receiver.`,
  };
}

/** Null: a connection can be opened. */
function connectionProblem(url: URL, guard: HostGuard | null): Promise<string | null> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  return new Promise((resolve) => {
    try {
      guard?.assertAllowed(url.hostname);
    } catch (error) {
      resolve(error instanceof Error ? error.message : String(error));
      return;
    }
    const socket = connect({
      ...{ host, port, timeout: TIMEOUT_MS },
      ...(guard ? { lookup: guard.lookup } : {}),
    });
    const end = (answer: string | null) => {
      resolve(answer);
      socket.destroy();
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end(`${url.host} does not answer`));
    socket.once('error', (error) => {
      const code = errorCode(error);
      end(code === undefined ? error.message : `${url.host} cannot be reached (${code})`);
    });
  });
}
