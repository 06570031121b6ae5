/** Traffic of known truth through a running stack, for as long as faults go on, and its reckoning. */
import { randomUUID } from 'node:crypto';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import { AGGREGATOR_GROUP } from '@hookpulse/event-log/topics';
import { openClickHouse } from '@hookpulse/store/open-client';
import { audit } from '../../chaos/audit.ts';
import { type DriverFigures, drive } from '../../chaos/driver.ts';
import { countUpdates, uncommitted } from '../../chaos/log-state.ts';
import { type PlannedRequest, Workload } from '../../chaos/workload.ts';
import { HookpulseClient, type RegisteredBot } from '../../support/hookpulse-client.ts';
import type { ComposeProject } from './compose-project.ts';

const BOTS = 20;
const CONCURRENCY = 4;
/** More than any run gets through before it is stopped. */
const MOST_EVENTS = 1_000_000;
const PATIENCE_MS = 300_000;

export class StackTraffic {
  readonly client: HookpulseClient;
  readonly #project: ComposeProject;
  readonly #workload: Workload;
  readonly #bots: ReadonlyMap<string, RegisteredBot>;
  readonly #closing = new AbortController();
  #isStopping = false;
  #acknowledged = 0;
  #driving: Promise<DriverFigures> | null = null;

  private constructor(
    project: ComposeProject,
    client: HookpulseClient,
    workload: Workload,
    bots: ReadonlyMap<string, RegisteredBot>,
  ) {
    this.#project = project;
    this.client = client;
    this.#workload = workload;
    this.#bots = bots;
  }

  /** Registers its bots. */
  static async create(project: ComposeProject): Promise<StackTraffic> {
    const { ports, adminToken } = project;
    const urls = { ingest: origin(ports.ingest), queryApi: origin(ports.queryApi) };
    const client = new HookpulseClient(urls, adminToken);
    const workload = new Workload({ seed: 1, events: MOST_EVENTS, bots: BOTS, nowMs: Date.now() });
    const bots = new Map<string, RegisteredBot>();
    for (const botId of workload.botIds) bots.set(botId, await client.registerBot(botId));
    return new StackTraffic(project, client, workload, bots);
  }

  /** With a bot of its own. */
  async assertOneUpdateCounted(): Promise<undefined> {
    const botId = `single-${randomUUID()}`;
    const { secret } = await this.client.registerBot(botId);
    await until('ingest to take an update', async () => {
      const { status } = await this.client.deliver(botId, secret, { update_id: 1 });
      return status === 200;
    });
    await until('the update in the health answer', async () => {
      const { last_15_minutes: span } = await this.client.botHealth(botId);
      return span.requests_received === 1;
    });
  }

  start(): void {
    this.#driving = drive(this.#requests(), {
      ingestUrls: [origin(this.#project.ports.ingest)],
      bots: this.#bots,
      adminToken: this.#project.adminToken,
      concurrency: CONCURRENCY,
      signal: this.#closing.signal,
      onAcknowledged: (events) => {
        this.#acknowledged += events;
      },
    });
    // When a step fails, nobody asks how the traffic ended.
    this.#driving.catch(() => undefined);
  }

  /** Resolves when so many more events were acknowledged. */
  async moves(events: number): Promise<void> {
    const wanted = this.#acknowledged + events;
    await until('traffic to go on', () => this.#acknowledged >= wanted, PATIENCE_MS);
  }

  /** Resolves when everything that was sent was acknowledged. */
  async stop(): Promise<string> {
    this.#isStopping = true;
    const figures = await this.#driving;
    if (figures === null) throw new Error('there was no traffic');
    const { acknowledgedRequests, failedAttempts, unexpectedAnswers } = figures;
    if (unexpectedAnswers.size > 0) {
      throw new Error(`unexpected answers: ${[...unexpectedAnswers].join(' ')}`);
    }
    return `${this.#acknowledged} events in ${acknowledgedRequests} requests, ${failedAttempts} attempts in vain`;
  }

  /** Waits until all is counted, and compares with the truth. @throws Error with the differences */
  async reckon(): Promise<string> {
    const { ports, clickhousePassword } = this.#project;
    const log = await openEventLog(
      {
        kafka: { brokers: [`127.0.0.1:${ports.kafka}`], ssl: false, sasl: null },
        dataDir: '',
        retentionDays: 1,
        clientId: 'deployment',
      },
      silentLogger,
    );
    const url = `http://hookpulse:${clickhousePassword}@127.0.0.1:${ports.clickhouse}/hookpulse`;
    const store = await openClickHouse({ url, dataDir: '' });
    try {
      await until(
        'all events to be counted',
        async () => (await uncommitted(log, AGGREGATOR_GROUP)) === 0n,
        PATIENCE_MS,
      );
      const updatesPassedOn = await countUpdates(log);
      const found = await audit(this.#workload.truth, {
        store,
        client: this.client,
        updatesPassedOn,
      });
      const { acknowledged, lost, doubled, windowsOff, differences } = found;
      if (lost + doubled + windowsOff > 0) {
        throw new Error(
          `${lost} lost, ${doubled} doubled, ${windowsOff} off\n${differences.join('\n')}`,
        );
      }
      return `${acknowledged} events, 0 lost, 0 doubled, 0 windows off`;
    } finally {
      await store.close();
      await log.close();
    }
  }

  /** Ends the traffic, also what would be tried again for as long as nobody takes it. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#driving?.catch(() => undefined);
  }

  /** What is taken from the workload is sent, so that its truth holds. */
  *#requests(): Generator<PlannedRequest> {
    const planned = this.#workload.requests();
    while (!this.#isStopping) {
      const next = planned.next();
      if (next.done) return;
      yield next.value;
    }
  }
}

function origin(port: number): string {
  return `http://127.0.0.1:${port}`;
}
