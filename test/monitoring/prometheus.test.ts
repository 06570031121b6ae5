/** deploy/prometheus with a real Prometheus on a running system: each alert fires from the fault that it is for. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../kafka-broker/free-port.ts';
import { describeWithLocalKafka, describeWithPrometheus } from '../setup/requirements.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { HookpulseClient, type RegisteredBot } from '../support/hookpulse-client.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { panelsOf, valuesFound } from './support/panel-data.ts';
import {
  ALERTING_RULES,
  PROMETHEUS_FOLDER,
  quickConfig,
  quickRules,
  RULES,
} from './support/prometheus-files.ts';
import { type PrometheusProcess, promtool, startPrometheus } from './support/prometheus-process.ts';

/** The anchors of docs/guides/troubleshooting.md. */
const RUNBOOKS = [
  'no-traffic',
  'high-error-rate',
  'slow-processing',
  'signature-failures',
  'lag',
  'duplicates',
  'notifications-that-do-not-come',
  'forwarding-stuck',
].map((anchor) => `docs/guides/troubleshooting.md#${anchor}`);

/** A busy machine may take longer than these for a flush or an acknowledgement. */
const FIRE_UNDER_LOAD = ['HookpulseVisibleLate', 'HookpulseAcknowledgesSlowly'];
/** Thirty seconds until an inline query expires, on a machine that does much else. */
const FAULT_LIMIT_MS = 150_000;
const PAUSE_MS = 200;

describeWithPrometheus('the files of deploy/prometheus', (folder) => {
  test('are what Prometheus takes', () => {
    const config = promtool(folder, ['check', 'config', `${PROMETHEUS_FOLDER}/prometheus.yml`]);
    expect(config).toMatchObject({ isFine: true });
    const rules = promtool(folder, ['check', 'rules', `${PROMETHEUS_FOLDER}/rules/hookpulse.yml`]);
    expect(rules).toMatchObject({ isFine: true });
  });

  test('pass their unit tests, and each alert has one that fires and one that does not', () => {
    const file = `${PROMETHEUS_FOLDER}/tests/hookpulse.test.yml`;
    expect(promtool(folder, ['test', 'rules', file])).toMatchObject({ isFine: true });
  });

  test('name a runbook, a severity and what is wrong', () => {
    for (const { alert, labels, annotations } of ALERTING_RULES) {
      expect([alert, RUNBOOKS.includes(annotations?.runbook_url ?? '')]).toEqual([alert, true]);
      expect(['page', 'ticket']).toContain(labels?.severity);
      expect(annotations?.summary).toBeTruthy();
    }
    expect(RULES.groups).toHaveLength(2);
  });
});

describeWithPrometheus('Prometheus on a running system', (folder) => {
  describeWithLocalKafka('of five processes', () => {
    let cluster: Cluster;
    let forwarder: ServiceProcess;
    let prometheus: PrometheusProcess;
    let client: HookpulseClient;
    const bots: Record<string, RegisteredBot> = {};
    let updateId = 0;
    const fromMs = Date.now();
    const expected = new Set<string>();

    beforeAll(async () => {
      cluster = await startCluster({
        ingests: 1,
        aggregators: 1,
        hasMailServer: true,
        env: {
          METRICS_BY_BOT: 'true',
          METRICS_BOT_LIMIT: '2',
          SECRETS_KEY: randomBytes(32).toString('base64url'),
          FORWARD_ALLOWED_HOSTS: '127.0.0.1',
        },
      });
      forwarder = await cluster.add('forwarder');
      await forwarder.ready();
      const hostOf = ({ url }: ServiceProcess) => new URL(url).host;
      prometheus = await startPrometheus({
        folder,
        rules: quickRules(),
        config: quickConfig({
          ingest: cluster.ingests.map(hostOf),
          'query-api': [hostOf(cluster.queryApi)],
          aggregator: cluster.aggregators.map(hostOf),
          alerter: cluster.alerters.map(hostOf),
          forwarder: [hostOf(forwarder)],
        }),
      });
      const urls = { ingest: services().ingest.url, queryApi: cluster.queryApi.url };
      client = new HookpulseClient(urls, cluster.adminToken);
      bots.well = await client.registerBot('well');
      bots.unheard = await client.registerBot('unheard', { alerts: { receivers: [] } });
      bots.stuck = await client.registerBot('stuck', {
        forward: { url: `http://127.0.0.1:${await freePort()}/` },
      });
    });

    afterAll(async () => {
      await prometheus?.close();
      await cluster?.close();
    });

    function services() {
      const [ingest] = cluster.ingests;
      const [aggregator] = cluster.aggregators;
      const [alerter] = cluster.alerters;
      if (!ingest || !aggregator || !alerter) throw new Error('a service is missing');
      return { ingest, aggregator, alerter, queryApi: cluster.queryApi, forwarder };
    }

    function deliver(name: string, secret = bots[name]?.secret ?? '', part: object = {}) {
      updateId += 1;
      const message = {
        message_id: updateId,
        date: 1,
        chat: { id: 1, type: 'private' },
        text: 'x',
      };
      const update = { update_id: updateId, message, ...part };
      return client.deliver(name, secret, update).catch(() => null);
    }

    /** Does something again and again until each of these alerts has fired meanwhile. */
    async function fires(alerts: readonly string[], act: () => Promise<unknown>): Promise<void> {
      for (const alert of alerts) expected.add(alert);
      const fired = new Set<string>();
      const lacking = async () => {
        await act();
        for (const alert of await prometheus.firingAlerts()) fired.add(alert);
        return alerts.filter((alert) => !fired.has(alert));
      };
      let missing = await lacking();
      const giveUpMs = Date.now() + FAULT_LIMIT_MS;
      while (missing.length > 0 && Date.now() < giveUpMs) {
        await delay(PAUSE_MS);
        missing = await lacking();
      }
      expect(missing).toEqual([]);
    }

    test('every service is scraped, its page is clean, and nothing fires while all is well', async () => {
      await until('series of traffic', async () => {
        await deliver('well');
        const [sample] = await prometheus.query(
          'count_over_time(hookpulse:deliveries_refused:ratio_rate5m[1m]) > 8',
        );
        return sample !== undefined;
      });
      const targets = await prometheus.targets();
      expect(targets.map(({ labels }) => labels.service).toSorted()).toEqual([
        'aggregator',
        'alerter',
        'forwarder',
        'ingest',
        'query-api',
      ]);
      for (const { url } of Object.values(services())) {
        const page = await (await fetch(`${url}/metrics`)).text();
        expect(promtool(folder, ['check', 'metrics'], page)).toEqual({ isFine: true, said: '' });
      }
      // A second stands for a minute here: a machine that does much else misses some of them.
      await until('all services to be up', async () =>
        (await prometheus.targets()).every(({ health }) => health === 'up'),
      );
      await until('no alert to fire', async () => {
        const firing = await prometheus.firingAlerts();
        return firing.every((alert) => FIRE_UNDER_LOAD.includes(alert));
      });
    });

    test('bots over the limit share a series, and are counted as overflow', async () => {
      for (const name of ['well', 'unheard', 'stuck']) await deliver(name);
      await until('series by bot', async () => {
        const samples = await prometheus.query(
          'hookpulse_bot_deliveries_total{outcome="accepted"}',
        );
        const names = samples.map(({ metric }) => metric.bot_id).toSorted();
        return names.join() === '(other),unheard,well';
      });
      const [overflow] = await prometheus.query('hookpulse_metrics_overflow_total');
      expect(overflow?.value).toBeGreaterThan(0);
    });

    test('a bot that is down', async () => {
      const inlineQuery = { id: '1', from: { id: 1, is_bot: false, first_name: 'A' }, query: 'x' };
      await deliver('stuck', undefined, { message: undefined, inline_query: inlineQuery });
      await fires(
        ['HookpulseForwardingStuck', 'HookpulseForwardingFails', 'HookpulseForwardingGivesUp'],
        async () => undefined,
      );
    });

    test('wrong secrets, and mails that are not taken or have no receiver', async () => {
      cluster.mailServer?.onStep(({ step }) =>
        step === 'mail' ? { code: 451, text: 'later' } : undefined,
      );
      await fires(
        [
          'HookpulseSignatureFailures',
          'HookpulseNotificationsFail',
          'HookpulseNotificationsOwed',
          'HookpulseNotificationsWithoutReceiver',
        ],
        async () => {
          await deliver('well', 'wrong');
          await deliver('unheard', 'wrong');
        },
      );
      cluster.mailServer?.onStep(null);
    });

    test('events that come twice, and records that are none', async () => {
      const log = await openEventLog(
        {
          kafka: { brokers: [cluster.direct.kafkaBroker], ssl: false, sasl: null },
          dataDir: '',
          retentionDays: 7,
          clientId: 'a-foreign-program',
        },
        silentLogger,
      );
      const event = { event_id: crypto.randomUUID(), event_type: 'processed', update_id: 1 };
      await fires(['HookpulseDuplicates', 'HookpulseDeadLetters'], async () => {
        await client.report(bots.well?.reportToken ?? '', [{ ...event, bot_id: 'well' }]);
        await log.publish([{ topic: EVENTS_TOPIC, key: 'well', value: 'no JSON' }]);
      });
      await log.close();
    });

    test('every panel of every dashboard finds data', async () => {
      await client.report(bots.well?.reportToken ?? '', [
        { bot_id: 'well', event_type: 'processed', update_id: 1, processing_time_ms: 20 },
        { bot_id: 'well', event_type: 'error', update_id: 2, error_type: 'Failed' },
      ]);
      const targets = ['fleet.json', 'bot.json', 'pipeline.json'].flatMap((file) =>
        panelsOf(file).flatMap((panel) =>
          panel.targets.map((target) => ({
            name: `${file}: ${panel.title} ${target.refId}`,
            target,
          })),
        ),
      );
      const empty = async () => {
        const sources = {
          prometheus,
          clickhouseUrl: cluster.direct.clickhouseUrl,
          queryApiUrl: cluster.queryApi.url,
          token: cluster.adminToken,
          botId: 'well',
          fromMs,
          toMs: Date.now(),
        };
        const names: string[] = [];
        for (const { name, target } of targets) {
          if ((await valuesFound(target, sources)) === 0) names.push(name);
        }
        return names;
      };
      await until('all panels to have data', async () => (await empty()).length === 0).catch(
        () => undefined,
      );
      expect(await empty()).toEqual([]);
    });

    test('a store that is away, and then back', async () => {
      await cluster.proxies.clickhouse.refuse();
      cluster.proxies.clickhouse.cutConnections();
      await fires(
        [
          'HookpulseNotReady',
          'HookpulseRecordsWait',
          'HookpulseStoringStuck',
          'HookpulseQueryApiErrors',
        ],
        async () => {
          await deliver('well');
          await client.fleetHealth().catch(() => null);
        },
      );
      await cluster.proxies.clickhouse.accept();
      await fires(['HookpulseVisibleLate'], () => deliver('well'));
    });

    test('a log that is slow, and then away', async () => {
      cluster.proxies.kafka.delay(150);
      await fires(['HookpulseAcknowledgesSlowly'], () => deliver('well'));
      cluster.proxies.kafka.delay(0);
      await cluster.proxies.kafka.refuse();
      cluster.proxies.kafka.cutConnections();
      await fires(
        [
          'HookpulseRefusesDeliveries',
          'HookpulseDeliveryBudgetBurnsFast',
          'HookpulseDeliveryBudgetBurnsSlowly',
          'HookpulseAlerterBehind',
        ],
        () => deliver('well'),
      );
      await cluster.proxies.kafka.accept();
    });

    test('a service that is down', async () => {
      await forwarder.stop('SIGKILL');
      await fires(['HookpulseServiceDown'], async () => undefined);
    });

    test('these were all of the alerts', () => {
      expect([...expected].toSorted()).toEqual(ALERTING_RULES.map(({ alert }) => alert).toSorted());
    });
  });
});
