/** An owner whose network is gone for longer than its session, and who then goes on as if nothing had been. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { until } from '@hookpulse/common/testing/until';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, beforeAll, test } from '@jest/globals';
import { freePort } from '../kafka-broker/free-port.ts';
import type { LocalBroker, startLocalBroker } from '../kafka-broker/local-broker.ts';
import { describeWithLocalKafka } from '../setup/requirements.ts';
import { Aggregation } from '../support/aggregation.ts';
import { Gate } from '../support/gate.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { trafficOf } from '../support/traffic.ts';

const BOTS = Array.from({ length: 12 }, (_, n) => `bot-${n}`);

/** Of this moment, so that everything can be folded without the store. */
function traffic(count: number): WebhookEvent[] {
  const nowMs = Date.now();
  return trafficOf(count, { bots: BOTS, fromMs: nowMs, toMs: nowMs + 1_000 });
}

/** A broker with a second way in, by a proxy. */
async function startWithProxy(
  startBroker: typeof startLocalBroker,
): Promise<{ broker: LocalBroker; proxy: TcpProxy }> {
  const [near, far, controller] = [await freePort(), await freePort(), await freePort()];
  const proxy = await startTcpProxy(`127.0.0.1:${far}`);
  const ways = `PLAINTEXT://127.0.0.1:${near},FAR://127.0.0.1`;
  const broker = await startBroker({
    port: near,
    properties: {
      listeners: `${ways}:${far},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `${ways}:${proxy.port}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,FAR:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    },
  });
  return { broker, proxy };
}

describeWithLocalKafka('an owner that was cut off', (startBroker) => {
  let broker: LocalBroker;
  let proxy: TcpProxy;
  let store: TestClickHouse;
  let aggregation: Aggregation;

  beforeAll(async () => {
    ({ broker, proxy } = await startWithProxy(startBroker));
    store = await openTestClickHouse();
    aggregation = await Aggregation.open({ brokers: [broker.address], clickhouse: store.client });
  });

  afterAll(async () => {
    await aggregation?.close();
    await store?.close();
    await proxy?.close();
    await broker?.close();
  });

  test('changes nothing when it stores what it had, and takes part again', async () => {
    const held = new Gate();
    const cutOff = await aggregation.start({
      brokers: [proxy.address],
      beforeInsert: (table) => (table === 'webhook_metrics' ? held.pass() : undefined),
    });
    await aggregation.publish(traffic(200));
    await aggregation.untilAllStored();
    held.shut();
    await aggregation.publish(traffic(200));
    await until('it to store', () => held.waiting > 0);
    await aggregation.publish(traffic(200));
    proxy.stall();

    const successor = await aggregation.start();
    await until('the others to give it up', () => successor.aggregator.assignedPartitions === 3);
    await aggregation.publish(traffic(200));
    await aggregation.untilAllStored();
    proxy.resume();
    held.open();
    await until('it to be a member again', async () => {
      await aggregation.publish(traffic(10));
      return successor.aggregator.assignedPartitions < 3 && cutOff.aggregator.isMember;
    });
    await aggregation.publish(traffic(200));
    await aggregation.untilAllStored();
    await aggregation.expectExact();
  });
});
