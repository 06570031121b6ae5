/** A POST that costs little, for those who make many, and that fails as networks do. */
import { type Agent, request } from 'node:http';

/** Telegram gives up on an attempt after 60 s; here time is short. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** The status, or null when no answer came: nobody knows what became of the request. */
export function postJson(
  agent: Agent,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const content = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const sent = request(
    url,
    { method: 'POST', agent, timeout: timeoutMs, headers: { ...headers, ...content } },
    (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? null));
      response.on('error', () => resolve(null));
    },
  );
  sent.on('timeout', () => sent.destroy());
  sent.on('error', () => resolve(null));
  sent.on('close', () => resolve(null));
  sent.end(body);
  return promise;
}
