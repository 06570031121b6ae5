/** A size, for people and for programs. */
import { quantity } from '../output/quantity.ts';
import { fields, table } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';
import { bytesText, countText } from './amounts.ts';
import { type Limit, partsThatFit } from './limits.ts';
import type { Demand, EngineSize, ServiceSize, Size } from './size.ts';

const PER_CENT = 100;

export function showSize(
  demand: Demand,
  size: Size,
  limits: readonly Limit[],
  terminal: Terminal,
): void {
  const { style } = terminal;
  const print = (lines: readonly string[]) => {
    for (const line of lines) terminal.print(line);
  };
  terminal.print(
    style(
      'bold',
      `${countText(demand.updatesPerSecond)} updates/s of ${countText(demand.bots)} bots, ` +
        `${countText(demand.retentionDays)} days kept`,
    ),
  );
  terminal.print(
    `${countText(size.eventsPerSecond)} events/s, ${countText(size.messagesPerSecond)} messages/s on the log`,
  );
  terminal.print('');
  const columns = ['', 'instances', 'busy cores', 'cores each', 'memory each'];
  print(
    table(
      columns.map((title, at) => ({ title, align: at === 0 ? 'left' : 'right' })),
      [
        ...Object.entries(size.services).map(([name, one]) => rowOf(name, one, '1')),
        engineRow('Kafka', size.brokers),
        engineRow(`ClickHouse, ${shardsOf(size)}`, size.clickhouse),
      ],
    ),
  );
  terminal.print('');
  const { network, disk } = size;
  const perSecond = (bytes: number) => `${bytesText(bytes)}/s`;
  print(
    fields(
      [
        ['partitions', `${size.partitions}, of telegram.updates and of webhook.events`],
        ['network', `${perSecond(network.deliveries)} from Telegram`],
        [
          '',
          `${perSecond(network.intoKafka)} into Kafka, ${perSecond(network.betweenBrokers)} between brokers`,
        ],
        [
          '',
          `${perSecond(network.outOfKafka)} out of Kafka, ${perSecond(network.intoClickHouse)} into ClickHouse`,
        ],
        [
          'disk',
          `${bytesText(disk.kafka)} for Kafka, ${bytesText(disk.clickhouse)} for ClickHouse, all replicas`,
        ],
        ['', `${bytesText(disk.hoursPerYear)} of hourly rows a year`],
      ],
      '',
    ),
  );
  terminal.print('');
  showLimits(limits, partsThatFit(demand), terminal);
  terminal.print(
    style(
      'dim',
      'Calculated from costs measured on two shared cores. See docs/guides/scaling.md, and try your own traffic.',
    ),
  );
}

function showLimits(limits: readonly Limit[], parts: number | null, terminal: Terminal): void {
  const [first, ...others] = limits;
  if (!first) return;
  const over = others.filter(({ usedShare }) => usedShare >= 1);
  const style = first.usedShare >= 1 ? 'yellow' : 'green';
  terminal.print(terminal.style(style, `First bottleneck: ${limitText(first)}`));
  for (const one of over)
    terminal.print(terminal.style('yellow', `Does not fit either: ${limitText(one)}`));
  if (parts === null) {
    terminal.print(
      'It does not fit when it is split into several Hookpulses by ranges of bots either.',
    );
  } else if (parts > 1) {
    terminal.print(
      `It fits when it is split into ${countText(parts)} Hookpulses by ranges of bots.`,
    );
  }
}

function limitText({ name, usedShare, reachedAt, unit, remedy }: Limit): string {
  const used = `${countText(usedShare * PER_CENT)} %`;
  const text = `${name}, used to ${used}, full at ${countText(reachedAt)} ${unit}`;
  return usedShare >= 1 ? `${text}: ${remedy}` : text;
}

function rowOf(name: string, one: ServiceSize, coresEach: string): string[] {
  if (one.instances === 0) return [name, '0', '', '', ''];
  return [name, `${one.instances}`, countText(one.busyCores), coresEach, bytesText(one.memory)];
}

function engineRow(name: string, one: EngineSize): string[] {
  return rowOf(name, one, `${one.coresEach}`);
}

function shardsOf({ clickhouse: { shards, instances } }: Size): string {
  return `${quantity(shards, 'shard')} × ${quantity(instances / shards, 'replica')}`;
}

/** For programs: bytes, cores and rates as numbers. */
export function sizeJson(demand: Demand, size: Size, limits: readonly Limit[]): object {
  return {
    demand: {
      updates_per_second: demand.updatesPerSecond,
      mean_updates_per_second: demand.meanUpdatesPerSecond,
      bots: demand.bots,
      retention_days: demand.retentionDays,
      log_retention_days: demand.logRetentionDays,
      update_bytes: demand.updateBytes,
      reports_per_update: demand.reportsPerUpdate,
      forwarded_share: demand.forwardedShare,
      replicas: demand.replicas,
      busy_share: demand.busyShare,
      largest_bot_updates_per_second: demand.largestBot,
    },
    events_per_second: size.eventsPerSecond,
    messages_per_second: size.messagesPerSecond,
    services: Object.fromEntries(
      Object.entries(size.services).map(([name, one]) => [name, serviceJson(one)]),
    ),
    kafka: { ...engineJson(size.brokers), partitions: size.partitions },
    clickhouse: { ...engineJson(size.clickhouse), shards: size.clickhouse.shards },
    network_bytes_per_second: {
      deliveries: size.network.deliveries,
      into_kafka: size.network.intoKafka,
      between_brokers: size.network.betweenBrokers,
      out_of_kafka: size.network.outOfKafka,
      into_clickhouse: size.network.intoClickHouse,
    },
    disk_bytes: {
      kafka: size.disk.kafka,
      clickhouse: size.disk.clickhouse,
      hourly_rows_per_year: size.disk.hoursPerYear,
    },
    fits: limits.every(({ usedShare }) => usedShare < 1),
    fitting_parts: partsThatFit(demand),
    first_bottleneck: limits[0]?.name ?? null,
    limits: limits.map(({ name, usedShare, reachedAt, unit, remedy }) => ({
      name,
      used_share: usedShare,
      reached_at: reachedAt,
      unit,
      remedy,
    })),
  };
}

function serviceJson({ instances, busyCores, memory }: ServiceSize) {
  return { instances, busy_cores: busyCores, memory_bytes_each: memory };
}

function engineJson(one: EngineSize) {
  return { ...serviceJson(one), cores_each: one.coresEach };
}
