/** A POST that costs little, for those who make many, and that fails as networks do. */
import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface PostAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** Telegram gives up on an attempt after 60 s; here time is short. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** The status, or null when no answer came: nobody knows what became of the request. */
export async function postJson(
  agent: Agent,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeoutMs?: number,
): Promise<number | null> {
  return (await postForAnswer(agent, url, headers, body, timeoutMs))?.status ?? null;
}

/** Status and headers, or null when no answer came. */
export function postForAnswer(
  agent: Agent,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<PostAnswer | null> {
  const { promise, resolve } = Promise.withResolvers<PostAnswer | null>();
  const content = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const sent = request(
    url,
    { method: 'POST', agent, timeout: timeoutMs, headers: { ...headers, ...content } },
    (response) => {
      response.resume();
      const { statusCode, headers: answered } = response;
      response.on('end', () =>
        resolve(statusCode === undefined ? null : { status: statusCode, headers: answered }),
      );
      response.on('error', () => resolve(null));
    },
  );
  sent.on('timeout', () => sent.destroy());
  sent.on('error', () => resolve(null));
  sent.on('close', () => resolve(null));
  sent.end(body);
  return promise;
}
