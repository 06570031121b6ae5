import { connect } from 'node:net';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { afterEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createServiceMetrics } from '../metrics/metrics.ts';
import { createHttpApp } from './create-http-app.ts';
import { createFailureBudget, type FailureBudget } from './failure-budget.ts';
import type { HttpApp } from './http-app.ts';
import { WrongCredentialError } from './http-error.ts';

const silent = silentLogger;
const RIGHT = 'Bearer the-right-token';
const clock = { nowMs: Date.parse('2026-02-10T20:00:00Z'), now: () => clock.nowMs };
/** More than any address may fail at once. */
const MANY = 500;
const MEBIBYTE = 1_048_576;

const apps: HttpApp[] = [];
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

function openApp(failures: FailureBudget, logger = silent): HttpApp {
  const app = createHttpApp({
    logger,
    readinessChecks: [],
    metrics: createServiceMetrics('test'),
    tokens: { admin: null, read: 'the-right-token' },
    clock,
    failures,
  });
  app.get('/private', ({ headers }) => {
    if (headers.authorization !== RIGHT) throw new WrongCredentialError('No such token.');
    return {};
  });
  apps.push(app);
  return app;
}

const ask = async (app: HttpApp, url: string, authorization: string, from = '203.0.113.7') =>
  app.inject({ url, headers: { authorization }, remoteAddress: from });

async function useUp(app: HttpApp, url: string, from?: string): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < MANY; n += 1) {
    statuses.push((await ask(app, url, `Bearer guess-${n}`, from)).statusCode);
  }
  return statuses;
}

describe('an address that shows wrong credentials', () => {
  test('is 401 some times, then 429 with Retry-After, and 401 again after a while', async () => {
    const app = openApp(createFailureBudget(clock));
    const statuses = await useUp(app, '/private');
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
    const refused = await ask(app, '/private', 'Bearer guess');
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.json()).toEqual({
      status: 'error',
      error: expect.stringMatching(/^Too many wrong credentials from this address; try again in/),
      details: [],
    });
    clock.nowMs += Number(refused.headers['retry-after']) * 1_000;
    expect((await ask(app, '/private', 'Bearer guess')).statusCode).toBe(401);
  });

  test('has one budget for all routes of all apps of a process', async () => {
    const budget = createFailureBudget(clock);
    const [one, other] = [openApp(budget), openApp(budget)];
    expect(await useUp(one, '/metrics')).toContain(429);
    expect((await ask(one, '/private', 'Bearer guess')).statusCode).toBe(429);
    expect((await ask(other, '/private', 'Bearer guess')).statusCode).toBe(429);
    expect((await ask(other, '/metrics', 'Bearer guess')).statusCode).toBe(429);
  });

  test('locks out nobody who shows a right one, and no other address', async () => {
    const app = openApp(createFailureBudget(clock));
    await useUp(app, '/private');
    expect((await ask(app, '/private', RIGHT)).statusCode).toBe(200);
    expect((await ask(app, '/metrics', RIGHT)).statusCode).toBe(200);
    expect((await ask(app, '/private', 'Bearer guess', '203.0.113.8')).statusCode).toBe(401);
  });

  test('is cut off while it goes on sending a body that nobody reads', async () => {
    const app = openApp(createFailureBudget(clock));
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    await useUp(app, '/private', '127.0.0.1');
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const closed = Promise.withResolvers<void>();
    socket
      .on('error', () => undefined)
      .on('data', () => undefined)
      .once('close', closed.resolve);
    socket.write(
      `GET /private HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer guess\r\nContent-Length: ${MEBIBYTE}\r\n\r\n`,
    );
    // Not the whole body: the server alone can end this.
    socket.write('x'.repeat(MEBIBYTE / 2));
    await closed.promise;
  });

  test('is divided among the processes that share a port', () => {
    const budget = createFailureBudget(clock, 4);
    const waits = Array.from({ length: 31 }, () => budget.spend('address'));
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(30);
  });

  test('is its /64 of IPv6', async () => {
    const app = openApp(createFailureBudget(clock));
    await useUp(app, '/private', '2001:db8:1:2::1');
    const from = (address: string) => ask(app, '/private', 'Bearer guess', address);
    expect((await from('2001:db8:1:2:ffff::9')).statusCode).toBe(429);
    expect((await from('2001:db8:1:3::1')).statusCode).toBe(401);
  });
});

test('is logged once in a while, with its address and not what it showed', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
  await useUp(openApp(createFailureBudget(clock), logger), `/private?${'x'.repeat(9_000)}`);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('"address":"203.0.113.7"');
  expect(lines[0]).not.toContain('guess');
  expect(lines[0]?.length).toBeLessThan(4_000);
});

test('who shows nothing has failed at nothing', async () => {
  const app = openApp(createFailureBudget(clock));
  for (let n = 0; n < MANY; n += 1) await app.inject('/metrics');
  expect((await app.inject('/metrics')).statusCode).toBe(401);
});
