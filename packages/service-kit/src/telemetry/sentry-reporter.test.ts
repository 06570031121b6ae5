import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { createSentryReporter } from './sentry-reporter.ts';

const CANARY = 'canary-of-a-secret';

async function reported(tell: (reporter: ReturnType<typeof createSentryReporter>) => void) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const reporter = createSentryReporter('ingest', {
    dsn: `http://key@127.0.0.1:${port}/1`,
    environment: null,
    botErrors: true,
    botErrorSampleRate: 1,
    publicUrl: 'https://hookpulse.example.com',
    secrets: [CANARY],
  });
  tell(reporter);
  await reporter.close();
  server.closeAllConnections();
  server.close();
  return bodies.map((body) => JSON.parse(body.split('\n')[2] ?? '{}') as Record<string, unknown>);
}

describe('an error of a service', () => {
  test('has its class, place and ids, and nothing that is secret', async () => {
    const error = new RangeError(`no "text of a person" for ${CANARY} at https://u:p@h.example/x`);
    const [event] = await reported(({ report }) =>
      report({ message: 'it failed', error, level: 'error', tags: { bot_id: 'bot' } }),
    );
    expect(event).toMatchObject({
      level: 'error',
      tags: { service: 'ingest', bot_id: 'bot' },
      exception: {
        values: [
          { type: 'RangeError', value: 'it failed: no "***" for *** at https://h.example/***' },
        ],
      },
    });
    const text = JSON.stringify(event);
    expect(text).not.toContain(CANARY);
    expect(text).toContain('packages/service-kit/src/telemetry/sentry-reporter.test.ts');
    expect(text).not.toContain(process.cwd());
  });

  test('that comes again and again is told a few times', async () => {
    const events = await reported(({ report }) => {
      for (let n = 0; n < 100; n += 1) {
        report({ message: 'it failed', error: null, level: 'error', tags: {} });
      }
    });
    expect(events).toHaveLength(5);
  });
});

test("a bot's error is grouped by bot and type, and links to its event", async () => {
  const [event] = await reported(({ reportBotError }) =>
    reportBotError?.({ botId: 'bot', errorType: 'Http502', updateType: 'message', eventId: 'e-1' }),
  );
  expect(event).toMatchObject({
    fingerprint: ['bot-error', 'bot', 'Http502'],
    extra: { event: 'https://hookpulse.example.com/events/e-1' },
  });
});
