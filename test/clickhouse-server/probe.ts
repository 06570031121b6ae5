/** Whether a ClickHouse server answers. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

const TIMEOUT_MS = 1_000;

/** Asks for nothing that needs a password. @param url - any of the server */
export async function isClickHouseAnswering(url: string): Promise<boolean> {
  const { protocol, hostname, port } = new URL(url);
  const options = { hostname, port, path: '/ping', signal: AbortSignal.timeout(TIMEOUT_MS) };
  return new Promise((resolve) => {
    const request =
      protocol === 'https:'
        ? // Whether it answers is asked, not who it is.
          httpsRequest({ ...options, rejectUnauthorized: false })
        : httpRequest(options);
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
    request.end();
  });
}
