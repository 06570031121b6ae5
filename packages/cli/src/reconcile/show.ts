/** A reconciliation as text for people. */
import type { Difference, Reconciliation } from '@hookpulse/common/windows/reconciliation';
import { minuteOf } from '../output/minute.ts';
import { table } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';

/** More lines would scroll the verdict away; `--json` has all that were named. */
const MAX_SHOWN = 50;

const KINDS: Readonly<Record<Difference['kind'], string>> = {
  counts: 'differs',
  missing_window: 'hourly row is missing',
  no_raw_events: 'no raw events',
  ahead_of_log: 'hourly row is ahead of the log',
};

export function showReconciliation(answer: Reconciliation, terminal: Terminal): void {
  const { style } = terminal;
  const whose = answer.bot_id === null ? '' : ` of ${answer.bot_id}`;
  terminal.print(
    style('bold', `Reconciliation${whose}, ${minuteOf(answer.from)} to ${minuteOf(answer.to)}`),
  );
  for (const line of partitionLines(answer)) terminal.print(line);
  for (const { partition, problem } of answer.partitions) {
    if (problem !== null) terminal.print(style('red', `  ✗ partition ${partition}: ${problem}`));
  }
  if (answer.differences_total === 0) {
    if (answer.status === 'agrees') {
      terminal.print(style('green', '  ✓ the hourly rows of every bot match its raw events'));
    }
    return;
  }
  terminal.print('');
  terminal.print(style('red', `  ✗ ${answer.differences_total} hours of bots differ`));
  const shown = answer.differences.slice(0, MAX_SHOWN);
  for (const line of differenceLines(shown)) terminal.print(line);
  if (shown.length < answer.differences_total) {
    terminal.print(`  … and ${answer.differences_total - shown.length} more`);
  }
  terminal.print('  `npx hookpulse rebuild` recounts hours from the raw events.');
}

function partitionLines({ partitions }: Reconciliation): string[] {
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [
    right('partition'),
    right('log end'),
    right('stored to'),
    right('lag'),
    right('raw events'),
    right('received: windows'),
    right('raw'),
    right('processed: windows'),
    right('raw'),
    right('differ'),
  ];
  const rows = partitions.map((one) => [
    String(one.partition),
    shown(one.log_end_offset),
    shown(one.next_offset),
    shown(one.lag),
    shown(one.raw_events),
    shown(one.sums.requests_received?.windows ?? null),
    shown(one.sums.requests_received?.raw ?? null),
    shown(one.sums.requests_processed?.windows ?? null),
    shown(one.sums.requests_processed?.raw ?? null),
    shown(one.differing_windows),
  ]);
  return table(columns, rows, '  ');
}

/** A line for each count that differs; of rows that differ in none, one line that says why. */
function differenceLines(differences: readonly Difference[]): string[] {
  const columns = [
    { title: 'hour (UTC)' },
    { title: 'bot' },
    { title: 'what' },
    { title: 'count' },
    { title: 'window', align: 'right' as const },
    { title: 'raw events', align: 'right' as const },
  ];
  const rows = differences.flatMap(({ hour, bot_id, kind, counts }) => {
    const place = [minuteOf(hour), bot_id, KINDS[kind]];
    if (counts.length === 0) return [[...place, '', '', '']];
    return counts.map(({ name, windows, raw }, at) => [
      ...(at === 0 ? place : ['', '', '']),
      name,
      shown(windows),
      shown(raw),
    ]);
  });
  return table(columns, rows, '  ');
}

function shown(value: number | null): string {
  return value === null ? '' : String(Number(value.toFixed(3)));
}
