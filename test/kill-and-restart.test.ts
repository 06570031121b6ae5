/** Nothing acknowledged is lost and nothing is counted twice, whenever the process is killed. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Deployment, describeOnEachDeployment } from './support/deployments.ts';
import { HookpulseClient, type RegisteredBot } from './support/hookpulse-client.ts';
import {
  type RunningHookpulse,
  runHookpulse,
  startHookpulse,
} from './support/hookpulse-process.ts';

const BOT = 'survivor';
const CONCURRENT_DELIVERIES = 16;
/** From the first delivery of a round to the kill: from "nothing stored" to "several flushes". */
const KILLS_AFTER_MS = [5, 40, 120, 300, 700, 1_100];

let dataDir: string;
let hookpulse: RunningHookpulse | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-kill-'));
});

afterEach(async () => {
  await hookpulse?.stop('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

async function start(deployment: Pick<Deployment, 'start'>): Promise<HookpulseClient> {
  hookpulse = await deployment.start(dataDir, { LOG_LEVEL: 'info' });
  const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  return new HookpulseClient(hookpulse.urls, adminToken);
}

/** Telegram's side: an update is delivered again until it is acknowledged. */
class Deliveries {
  readonly #unacknowledged: number[] = [];
  #nextUpdateId = 1;
  acknowledged = 0;

  /** Delivers with some concurrency until `isOver`, then until all that is owed was tried once more. */
  async run(client: HookpulseClient, bot: RegisteredBot, isOver: () => boolean): Promise<void> {
    const worker = async () => {
      while (!isOver()) {
        const updateId = this.#unacknowledged.shift() ?? this.#nextUpdateId++;
        if (!(await this.#deliver(client, bot, updateId))) this.#unacknowledged.push(updateId);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_DELIVERIES }, worker));
  }

  /** Delivers what is still owed. */
  async settle(client: HookpulseClient, bot: RegisteredBot): Promise<void> {
    for (const updateId of this.#unacknowledged.splice(0)) {
      expect(await this.#deliver(client, bot, updateId)).toBe(true);
    }
  }

  async #deliver(client: HookpulseClient, bot: RegisteredBot, updateId: number): Promise<boolean> {
    const update = { update_id: updateId, message: { message_id: updateId, text: 'hello' } };
    const status = await client.deliver(bot.botId, bot.secret, update).then(
      (response) => response.status,
      () => null, // the process was killed: no answer, so Telegram keeps the update
    );
    if (status === 200) this.acknowledged += 1;
    return status === 200;
  }
}

describeOnEachDeployment('killing and restarting', (deployment) => {
  test('kill -9 at any moment: every acknowledged update is counted once', async () => {
    let client = await start(deployment);
    const bot = await client.registerBot(BOT);
    const deliveries = new Deliveries();
    for (const killAfterMs of KILLS_AFTER_MS) {
      let isKilled = false;
      const delivering = deliveries.run(client, bot, () => isKilled);
      await delay(killAfterMs);
      await hookpulse?.stop('SIGKILL');
      isKilled = true;
      await delivering;
      client = await start(deployment);
    }
    await deliveries.settle(client, bot);
    await until('everything acknowledged to be counted', async () => {
      const { last_15_minutes } = await client.botHealth(BOT);
      return last_15_minutes.requests_received >= deliveries.acknowledged;
    });
    const health = await client.botHealth(BOT);
    expect(health.last_15_minutes.requests_received).toBe(deliveries.acknowledged);
    expect(health.hourly.reduce((sum, hour) => sum + hour.requests_received, 0)).toBe(
      deliveries.acknowledged,
    );
    expect(deliveries.acknowledged).toBeGreaterThan(20);
    await hookpulse?.stop('SIGTERM');
    expect(await storedRawEvents(deployment)).toEqual({
      rows: deliveries.acknowledged,
      updates: deliveries.acknowledged,
    });
  });
});

async function storedRawEvents(deployment: Deployment) {
  const clickhouse = await deployment.openStore(dataDir);
  try {
    const result = await clickhouse.query({
      query: 'SELECT count() AS rows, uniqExact(update_id) AS updates FROM webhook_events FINAL',
      format: 'JSONEachRow',
    });
    return (await result.json())[0];
  } finally {
    await clickhouse.close();
  }
}

test('a second process on the same folder is refused in one sentence', async () => {
  await start({ start: startHookpulse });
  const second = await runHookpulse(dataDir, { LOG_LEVEL: 'silent' });
  expect(second.exitCode).toBe(1);
  expect(second.output).toMatch(
    /^Hookpulse cannot start: The data folder \S+ is in use by another Hookpulse process: [^\n]+$/,
  );
});
