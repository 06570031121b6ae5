/** What a rebuild has changed, as text for people. */
import { iso } from '@hookpulse/common/values/iso';
import { COUNTER_NAMES } from '@hookpulse/common/windows/counters';
import type { RebuildStatus, RebuiltHour, RebuiltValue } from '@hookpulse/common/windows/rebuild';
import { minuteOf } from '../output/minute.ts';
import { table } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';

/** More would scroll the sum away; `--json` has all that were named. */
const MAX_SHOWN = 50;

const COUNTERS: ReadonlySet<string> = new Set(COUNTER_NAMES);

const KINDS: Readonly<Record<RebuiltHour['kind'], string>> = {
  changed: 'changed',
  added: 'was missing',
  deleted: 'has no raw events',
};

export function showRebuild(status: RebuildStatus, terminal: Terminal): void {
  const { style } = terminal;
  const shown = status.changes.slice(0, MAX_SHOWN);
  if (shown.length > 0) for (const line of changeLines(shown)) terminal.print(line);
  if (shown.length < status.hours_changed) {
    terminal.print(`… and ${status.hours_changed - shown.length} hours more`);
  }
  for (const { partition, problem } of status.problems) {
    terminal.print(style('red', `✗ partition ${partition}: ${problem}`));
  }
  if (status.status !== 'done') return;
  const changed = status.dry_run ? 'would change' : 'changed';
  const slices =
    status.slices_changed === 0 ? '' : `, and ${status.slices_changed} ten-second windows`;
  terminal.print(
    style(
      'green',
      `✓ ${status.hours_changed} of ${status.hours} hours of bots ${changed}${slices}; ${status.raw_events} raw events were counted`,
    ),
  );
}

/** A line for each value that differs; of a whole row that came or went, its counts. */
function changeLines(changes: readonly RebuiltHour[]): string[] {
  const columns = [
    { title: 'hour (UTC)' },
    { title: 'bot' },
    { title: 'row' },
    { title: 'value' },
    { title: 'before', align: 'right' as const },
    { title: 'after', align: 'right' as const },
  ];
  const rows = changes.flatMap(({ hour, bot_id, kind, values }) => {
    const told = kind === 'changed' ? values : values.filter(({ name }) => COUNTERS.has(name));
    const place = [minuteOf(hour), bot_id, KINDS[kind]];
    if (told.length === 0) return [place];
    return told.map((value, at) => [
      ...(at === 0 ? place : ['', '', '']),
      value.name,
      text(value, value.before),
      text(value, value.after),
    ]);
  });
  return table(columns, rows);
}

function text({ name }: RebuiltValue, value: number | null): string {
  if (value === null) return 'none';
  if (name === 'last_event_at') return value === 0 ? 'none' : iso(value);
  return String(Number(value.toFixed(3)));
}
