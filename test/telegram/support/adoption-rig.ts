/** A query API and an ingest on one log, beside a stand-in of Telegram: what adopting a bot needs. */
import type { Bot } from '@hookpulse/common/bots/bot';
import { systemClock } from '@hookpulse/common/runtime/clock';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { createSecretBox, type SecretBox } from '@hookpulse/common/values/sealed-secret';
import { randomSecret } from '@hookpulse/common/values/secrets';
import { type IngestDeps, type RunningIngest, start as startIngest } from '@hookpulse/ingest/start';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '@hookpulse/query-api/testing/open-test-query-api';
import {
  type StandInTelegram,
  startStandInTelegram,
} from '@hookpulse/traffic/telegram/stand-in-telegram';

export interface AdoptionRig {
  readonly api: TestQueryApi;
  readonly telegram: StandInTelegram;
  readonly ingestUrl: string;
  /** Of the query API. */
  readonly apiUrl: string;
  readonly secretBox: SecretBox;
  /** @param ingestUrl - default: that of the ingest that runs */
  post(path: string, body?: object, ingestUrl?: string | null): Promise<RigAnswer>;
  /** Another Hookpulse's ingest. @returns its address; closed by `close` */
  startOtherIngest(bot: Bot | undefined): Promise<string>;
  close(): Promise<void>;
}

export interface RigAnswer {
  readonly statusCode: number;
  readonly body: unknown;
}

/** A second of Telegram's lasts so many milliseconds. */
export const FAST_SECOND_MS = 10;

export async function openAdoptionRig(): Promise<AdoptionRig> {
  const telegram = await startStandInTelegram({ timing: { secondMs: FAST_SECOND_MS } });
  const api = await openTestQueryApi(Date.now());
  const startOne = (registry: IngestDeps['registry']) =>
    startIngest({
      settings: {
        host: '127.0.0.1',
        port: 0,
        trustProxy: false,
        eventRetentionDays: 7,
        adminToken: TEST_TOKENS.admin,
      },
      log: api.deps.log,
      registry,
      logger: silentLogger,
      clock: systemClock,
    });
  const ingest = await startOne(api.registry);
  const others: RunningIngest[] = [];
  const secretBox = createSecretBox(randomSecret());
  const appFor = (ingestUrl: string | null) =>
    api.openApp(
      // All share one registry.
      { telegram: { ingestUrl, telegramApiUrl: telegram.url, allowedHosts: [], spreadMs: 0 } },
      { secretBox, clock: systemClock },
    );
  const app = appFor(ingest.url);
  const apiUrl = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    api,
    telegram,
    ingestUrl: ingest.url,
    apiUrl,
    secretBox,
    async post(path, body = {}, ingestUrl = ingest.url) {
      const asked = ingestUrl === ingest.url ? app : appFor(ingestUrl);
      api.clock.nowMs = Date.now();
      const answer = await asked.inject({
        method: 'POST',
        url: path,
        headers: { authorization: `Bearer ${TEST_TOKENS.admin}` },
        payload: body,
      });
      return { statusCode: answer.statusCode, body: answer.json() };
    },
    async startOtherIngest(bot) {
      const other = await startOne({ get: () => bot, ownerOfReportToken: () => undefined });
      others.push(other);
      return other.url;
    },
    async close() {
      await telegram.close();
      await Promise.all(others.map((other) => other.close()));
      await ingest.close();
      await api.close();
    },
  };
}
