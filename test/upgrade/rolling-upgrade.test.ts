/**
 * From the previous release to this one and back, one service after the other under traffic, as
 * docs/guides/operations.md promises it.
 */
import { rm } from 'node:fs/promises';
import { until } from '@hookpulse/common/testing/until';
import { startTestBot, type TestBotServer } from '@hookpulse/forwarder/testing/test-bots';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EXACT, type ReckonedCluster, startReckonedCluster } from '../chaos/reckoned-cluster.ts';
import { describeUnless, describeWithLocalKafka } from '../setup/requirements.ts';
import type { HookpulseClient } from '../support/hookpulse-client.ts';
import { CHECKOUT, type ServiceProcess } from '../support/service-process.ts';
import { expectThings, makeThings } from './kept-things.ts';
import {
  checkOutPreviousRelease,
  PREVIOUS_VERSION,
  whyNoPreviousRelease,
} from './previous-checkout.ts';

const BOTS = 20;
/** So many that machines with two cores and other work keep up while services start. */
const REQUESTS_PER_SECOND = 100;
/** After each replaced process: about a second. */
const REQUESTS_BETWEEN = REQUESTS_PER_SECOND;
/** Updates, with a report now and then. */
const DELIVERED_SHARE = 0.9;
/** Close to the share of errors in the traffic, so that about half of the bots cross the line. */
const ERROR_RATE_THRESHOLD = 0.01;
const TIMEOUT_MS = 600_000;
const MAIL_PATIENCE_MS = 120_000;
const FORWARDED_BOT = 'forwarded';

describeUnless(
  whyNoPreviousRelease(),
  `a rolling upgrade from v${PREVIOUS_VERSION} and back`,
  () => {
    let previous: string;
    let cluster: ReckonedCluster;
    let forwardedTo: TestBotServer;

    beforeAll(async () => {
      previous = await checkOutPreviousRelease();
      forwardedTo = await startTestBot();
      cluster = await startReckonedCluster(
        { seed: 20_260_211, bots: BOTS, nowMs: Date.now(), deliveredShare: DELIVERED_SHARE },
        {
          alerters: 2,
          hasMailServer: true,
          env: {
            WEBHOOK_ERROR_RATE_THRESHOLD: `${ERROR_RATE_THRESHOLD}`,
            FORWARD_ALLOWED_HOSTS: '127.0.0.1',
          },
          root: previous,
        },
      );
    }, TIMEOUT_MS);

    afterAll(async () => {
      await cluster?.close();
      await forwardedTo?.close();
      if (previous) await rm(previous, { recursive: true, force: true });
    });

    /** Replaces one process after the other, while requests come at their pace. */
    async function roll(services: readonly ServiceProcess[], root: string): Promise<void> {
      const traffic = cluster.traffic(REQUESTS_PER_SECOND);
      for (const service of services) {
        service.runFrom(root);
        expect(await service.stop('SIGTERM')).toBe(0);
        service.start();
        await service.ready();
        await traffic.acknowledged(REQUESTS_BETWEEN);
      }
      const { unexpectedAnswers } = await traffic.stop();
      expect(unexpectedAnswers).toEqual(new Map());
    }

    async function expectExact(): Promise<void> {
      const { services, mailServer } = cluster.system;
      expect(await cluster.reckon()).toMatchObject(EXACT);
      expect(services.flatMap(({ crashes }) => crashes)).toEqual([]);
      // A share of the bots is above the threshold; none is told of twice, whichever version does it.
      await until('a mail', () => (mailServer?.mails.length ?? 0) > 0, MAIL_PATIENCE_MS);
      const ids = mailServer?.mails.map(({ parsed }) => parsed.messageId);
      expect(ids).toEqual([...new Set(ids)]);
    }

    test(
      'nothing is lost or doubled, and each version reads what the other wrote',
      async () => {
        const { system, client } = cluster;
        const { services, adminToken } = system;
        const keeper = { queryApi: system.queryApi.url, adminToken };
        const ofPrevious = await makeThings(keeper, 'made-by-previous');
        await roll(services, CHECKOUT);
        await expectExact();
        await expectThings(keeper, ofPrevious);

        const ofPresent = await makeThings(keeper, 'made-by-present');
        const forwarder = await system.add('forwarder', CHECKOUT);
        await forwarder.ready();
        const { secret } = await client.registerBot(FORWARDED_BOT);
        await client.changeBot(FORWARDED_BOT, { forward: { url: forwardedTo.url } });
        await deliverUntilTaken(client, secret, 1);
        await until('the update to be forwarded', () => forwardedTo.taken.length === 1);

        expect(await forwarder.stop('SIGTERM')).toBe(0);
        await roll(services.toReversed(), previous);
        await deliverUntilTaken(client, secret, 2);
        await expectExact();
        await expectThings(keeper, ofPrevious);
        await expectThings(keeper, ofPresent);

        // What the previous release could not forward waits for the next upgrade.
        forwarder.start();
        await until('the second update to be forwarded', () => forwardedTo.taken.length === 2);
        expect(forwardedTo.taken).toEqual([1, 2]);
      },
      TIMEOUT_MS,
    );
  },
  describeWithLocalKafka,
);

/** An ingest may not know a new bot yet. */
async function deliverUntilTaken(client: HookpulseClient, secret: string, updateId: number) {
  const update = { update_id: updateId, message: { message_id: updateId, text: 'hello' } };
  await until('the update to be taken', async () => {
    return (await client.deliver(FORWARDED_BOT, secret, update)).status === 200;
  });
}
