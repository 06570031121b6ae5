/** Requests of tests to an app, with a token, and what came back. */
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { TEST_TOKENS } from './open-test-query-api.ts';

export type JsonSender = ReturnType<typeof jsonSender>;

/** @param token - the admin's unless said otherwise */
export function jsonSender(app: HttpApp, token: string = TEST_TOKENS.admin) {
  return async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${token}` },
      ...(payload ? { payload } : {}),
    });
    return {
      statusCode: answer.statusCode,
      location: answer.headers.location,
      body: answer.body === '' ? null : answer.json(),
    };
  };
}
