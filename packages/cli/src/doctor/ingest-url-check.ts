/** Does Telegram get through to ingest? Its port, and its certificate as a stranger sees it. */
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { certificateProblem } from '@hookpulse/common/values/certificate-errors';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { errorCode } from '@hookpulse/common/values/error-code';
import type { Config } from '@hookpulse/service-kit/config/config';
import type { Check } from './check.ts';

const NAME = 'INGEST_URL';
const TIMEOUT_MS = 5_000;
/** https://core.telegram.org/bots/webhooks: the ports that Telegram connects to. */
const TELEGRAM_PORTS: ReadonlySet<number> = new Set([443, 80, 88, 8443]);
const SOON_DAYS = 14;
const CERTIFICATE_REMEDY =
  'Get a certificate for this name from an authority that everybody knows, with all its intermediates (certbot or Caddy renew it by themselves), and restart what serves it.';

export async function checkIngestUrl({ forwarding }: Pick<Config, 'forwarding'>): Promise<Check> {
  const { ingestUrl, telegramApiUrl } = forwarding;
  if (ingestUrl === null) {
    return { name: NAME, state: 'skipped', detail: 'not set: no bot can be adopted' };
  }
  const url = new URL(ingestUrl);
  // A local Bot API server has no such limits.
  const isTelegram = new URL(telegramApiUrl).hostname === 'api.telegram.org';
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (isTelegram && url.protocol !== 'https:') {
    return fault(
      'is not https',
      'Serve ingest by https, with a proxy in front of it, and set INGEST_URL to that address.',
    );
  }
  if (isTelegram && !TELEGRAM_PORTS.has(port)) {
    return fault(
      `has port ${port}, to which Telegram does not connect`,
      'Serve it at port 443, 80, 88 or 8443.',
    );
  }
  if (url.protocol !== 'https:') return { name: NAME, state: 'ok', detail: 'is reached by http' };
  return await checkCertificate(url.hostname.replace(/^\[|\]$/g, ''), port);
}

function checkCertificate(host: string, port: number): Promise<Check> {
  return new Promise((resolve) => {
    // No name belongs into the greeting where the address is none (RFC 6066, section 3).
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ host, port, ...name, timeout: TIMEOUT_MS });
    const end = (check: Check) => {
      resolve(check);
      socket.destroy();
    };
    socket.once('secureConnect', () => {
      end(expiry(Date.parse(socket.getPeerCertificate().valid_to), Date.now()));
    });
    socket.once('timeout', () => end(unreachable(`no answer within ${TIMEOUT_MS / 1_000} s`)));
    socket.once('error', (error) => {
      const problem = certificateProblem(error);
      const code = errorCode(error) ?? 'unknown';
      end(
        problem
          ? fault(`has a certificate that Telegram refuses (${code})`, CERTIFICATE_REMEDY)
          : unreachable(code),
      );
    });
  });
}

function expiry(validToMs: number, nowMs: number): Check {
  const days = Math.floor((validToMs - nowMs) / DAY_MS);
  const detail = `its certificate is valid for ${days} more days`;
  if (days >= SOON_DAYS) return { name: NAME, state: 'ok', detail };
  return {
    name: NAME,
    state: 'warning',
    detail,
    remedy: 'Renew it now, and look why it was not renewed by itself.',
  };
}

function unreachable(why: string): Check {
  return fault(
    `cannot be reached from here (${why})`,
    'Check DNS, firewall and the proxy in front of ingest: Telegram needs to reach it from the internet.',
  );
}

function fault(detail: string, remedy: string): Check {
  return { name: NAME, state: 'problem', detail, remedy };
}
