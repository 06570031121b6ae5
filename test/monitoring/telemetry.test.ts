/** One delivery's trace across all services, errors at Sentry, and no secret in any of it nor in the logs. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeOnEachDeployment } from '../support/deployments.ts';
import { HookpulseClient } from '../support/hookpulse-client.ts';
import type { RunningHookpulse } from '../support/hookpulse-process.ts';
import { logProblem } from '../support/log-rules.ts';
import { startTestSmtpServer, type TestSmtpServer } from '../support/smtp-server.ts';
import { startTelemetryReceiver, type TelemetryReceiver } from './support/telemetry-receiver.ts';

/** In every secret of this test, and in every text that somebody writes. */
const CANARY = 'canary';
const ADMIN_TOKEN = `${CANARY}-admin-token`;
const REFUSED = `${CANARY}@refused.example.com`;
/** Spans are sent every five seconds. */
const SENT_WITHIN_MS = 60_000;

describeOnEachDeployment('telemetry', (deployment) => {
  let receiver: TelemetryReceiver;
  let smtp: TestSmtpServer;
  let bot: Server;
  let hookpulse: RunningHookpulse;
  let client: HookpulseClient;
  let dataDir: string;
  const handedOver: IncomingHttpHeaders[] = [];

  beforeAll(async () => {
    receiver = await startTelemetryReceiver();
    smtp = await startTestSmtpServer();
    smtp.onStep(({ step, address }) =>
      step === 'rcpt' && address === REFUSED ? { code: 550, text: 'no such user' } : undefined,
    );
    // Fails the first attempt, so that there is an error to be told of.
    bot = createServer((request, response) => {
      handedOver.push(request.headers);
      response.statusCode = handedOver.length === 1 ? 500 : 200;
      response.end(`{"${CANARY}": "what the bot answers"}`);
    });
    bot.listen(0, '127.0.0.1');
    await once(bot, 'listening');
    dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-telemetry-'));
    hookpulse = await deployment.start(dataDir, {
      ADMIN_TOKEN,
      SECRETS_KEY: randomBytes(32).toString('base64url'),
      SMTP_URL: smtp.url,
      ADMIN_EMAIL: 'ops@example.com',
      WEBHOOK_ALERT_MIN_EVENTS: '0',
      FORWARD_ALLOWED_HOSTS: '127.0.0.1',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.otlpEndpoint,
      OTEL_EXPORTER_OTLP_HEADERS: `api-key=${CANARY}-api-key`,
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      SENTRY_DSN: receiver.sentryDsn,
      SENTRY_ENVIRONMENT: 'test',
      SENTRY_BOT_ERRORS: 'true',
    });
    client = new HookpulseClient(hookpulse.urls, ADMIN_TOKEN);
  });

  afterAll(async () => {
    await hookpulse?.stop('SIGTERM');
    bot?.closeAllConnections();
    bot?.close();
    await smtp?.close();
    await receiver?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const namesOf = (traceId: string) =>
    new Set(receiver.spans.filter((span) => span.traceId === traceId).map(({ name }) => name));

  test('one delivery is one trace: to the log, the bot, the window and the mail', async () => {
    const { port } = bot.address() as AddressInfo;
    const { secret } = await client.registerBot('traced', {
      webhook_secret: `${CANARY}-webhook-secret`,
      forward: {
        url: `http://${CANARY}:${CANARY}@127.0.0.1:${port}/bot123456:${CANARY}AAHdqTcvCH1vGWJxfSeofSAs0K5PAL`,
        secret: `${CANARY}-forward-secret`,
      },
    });
    await client.deliver('traced', secret, {
      update_id: 1,
      message: { message_id: 1, date: 1, chat: { id: 1, type: 'private' }, text: `${CANARY} text` },
    });
    const ALL = [
      'POST /webhook/:bot_id',
      'hand over update',
      'store window',
      'alert transition',
      'send notification',
    ];
    const traceId = await until(
      'the whole trace',
      () => {
        const root = receiver.spans.find(({ name }) => name === 'POST /webhook/:bot_id');
        return root && ALL.every((name) => namesOf(root.traceId).has(name)) ? root.traceId : null;
      },
      SENT_WITHIN_MS,
    );
    const spans = receiver.spans.filter((span) => span.traceId === traceId);
    expect(new Set(spans.map(({ service }) => service))).toEqual(
      new Set(['ingest', 'forwarder', 'aggregator', 'alerter'].map((name) => `hookpulse-${name}`)),
    );
    // Every span but the first goes on from another one.
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ parentSpanId }) => !ids.has(parentSpanId))).toMatchObject([
      { name: 'POST /webhook/:bot_id', parentSpanId: '' },
    ]);
    // The bot can go on with it, too.
    const attempts = spans.filter(({ name }) => name === 'hand over update');
    expect(handedOver.map(({ traceparent }) => traceparent)).toEqual(
      expect.arrayContaining(attempts.map(({ spanId }) => `00-${traceId}-${spanId}-01`)),
    );
    expect(receiver.problems).toEqual([]);
  });

  test('log lines about it have the id of the trace', () => {
    const [root] = receiver.spans.filter(({ name }) => name === 'alert transition');
    const lines = hookpulse.output().split('\n');
    expect(
      lines.filter((line) => line.includes(`"trace_id":"${root?.traceId}"`)).length,
    ).toBeGreaterThan(0);
  });

  test('metrics have exemplars, for who asks in the OpenMetrics format', async () => {
    const headers = { accept: 'application/openmetrics-text; version=1.0.0' };
    const page = await (await fetch(`${hookpulse.urls.ingest}/metrics`, { headers })).text();
    expect(page).toMatch(
      /acknowledge_duration_seconds_bucket\{le="[^"]+"\} \d+ # \{trace_id="[0-9a-f]{32}"/,
    );
    expect(page.endsWith('# EOF\n')).toBe(true);
  });

  test("bots' errors are issues by bot and error type", async () => {
    const issue = await until('the issue', () =>
      receiver.events.find(({ tags }) => tags.bot_id === 'traced' && tags.error_type === 'Http500'),
    );
    expect(issue).toMatchObject({
      fingerprint: ['bot-error', 'traced', 'Http500'],
      environment: 'test',
      tags: { service: 'aggregator' },
    });
  });

  test("a service's own error is an issue with release and service", async () => {
    const { secret } = await client.registerBot('unheard', { alerts: { receivers: [REFUSED] } });
    for (let n = 0; n < 7; n += 1)
      await client.deliver('unheard', `not ${secret}`, { update_id: n });
    const issue = await until(
      'the issue',
      () => receiver.events.find(({ message }) => message === 'notification permanently refused'),
      SENT_WITHIN_MS,
    );
    expect(issue).toMatchObject({
      level: 'error',
      environment: 'test',
      tags: { service: 'alerter' },
    });
    expect(issue.release).toMatch(/^hookpulse@\d/);
  });

  test('no secret, token, address or text of a message leaves, or is logged', async () => {
    const token = (await client.registerBot('reporter')).reportToken;
    await client.report(token, {
      bot_id: 'reporter',
      event_type: 'error',
      error_type: 'HandlerError',
      error_message: `${CANARY} said somebody`,
      update_id: 1,
    });
    await until('the issue', () =>
      receiver.events.find(({ tags }) => tags.error_type === 'HandlerError'),
    );
    await hookpulse.stop('SIGTERM');
    expect(receiver.bodies.filter((body) => body.includes(CANARY))).toEqual([]);
    expect(receiver.bodies.filter((body) => body.includes('127.0.0.1'))).toEqual([]);
    const lines = hookpulse.output().split('\n');
    expect(lines.filter((line) => line.replaceAll(REFUSED, '').includes(CANARY))).toEqual([]);
    expect(lines.flatMap((line) => logProblem(line) ?? [])).toEqual([]);
  });
});
