/** `hookpulse alerts`: from an alert to its cause, and to what was noted shortly before it fired. */
import { AlertsSchema, type AlertView } from '@hookpulse/api/alert-view';
import { AnnotationsSchema } from '@hookpulse/api/annotations';
import { formatSpan } from '@hookpulse/common/alerts/rules/format-span';
import type { Annotation } from '@hookpulse/common/events/annotation';
import { causeSentence } from '@hookpulse/common/events/cause-words';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import type { QueryApi } from '../api/query-api.ts';
import { minuteOf } from '../output/minute.ts';
import { fields } from '../output/table.ts';
import { type ApiOptions, type CommandContext, openApi } from './command-context.ts';

export interface ListAlertsOptions extends ApiOptions {
  readonly bot?: string;
  readonly rule?: string;
  readonly state: AlertView['state'];
  readonly limit: string;
}

/** What happened longer ago rarely explains an alert. */
const BEFORE_MS = HOUR_MS;
const MAX_NOTES = '1000';
/** Notes shown for one alert, at most. */
const SHOWN_NOTES = 5;

export async function listAlerts(
  options: ListAlertsOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  const { bot, rule, state, limit } = options;
  const api = await openApi(options, context);
  const query = { bot_id: bot, rule, state, limit };
  const answer = await api.get('/api/alerts', AlertsSchema, query);
  if (options.json) {
    terminal.print(JSON.stringify(answer, null, 2));
    return;
  }
  const { alerts, next_cursor } = answer;
  if (alerts.length === 0) {
    terminal.print(`No ${state} alerts.`);
    return;
  }
  const notes = await notesBefore(alerts, api);
  for (const alert of alerts) {
    terminal.print(terminal.style('bold', `${alert.rule}: ${alert.bot_name}`));
    for (const line of fields(rowsOf(alert, notes, context))) terminal.print(line);
  }
  const more = next_cursor === null ? '' : 'There are more alerts: use --limit. ';
  const next = 'What fails, by group: npx hookpulse errors --bot <bot_id>';
  terminal.print(terminal.style('dim', `${more}${next}`));
}

function rowsOf(
  alert: AlertView,
  notes: readonly Annotation[],
  { terminal }: CommandContext,
): [string, string][] {
  const { bot_id, state, fired_at, resolved_at, as_of, duration_seconds, reason, causes } = alert;
  const lasted = formatSpan(duration_seconds * 1_000);
  const life =
    state === 'firing'
      ? `firing since ${utc(fired_at)}, for ${lasted}`
      : `resolved ${utc(resolved_at ?? as_of)}, fired ${minuteOf(fired_at)}, for ${lasted}`;
  const [cause] = causes;
  return [
    ['bot', bot_id],
    ['state', terminal.style(state === 'firing' ? 'red' : 'green', life)],
    ...(cause ? [row('cause', causeSentence(cause, utc))] : []),
    row('reason', reason),
    ...notes
      .filter((note) => note.bot_id === null || note.bot_id === bot_id)
      .filter((note) => isBefore(note, fired_at))
      .slice(0, SHOWN_NOTES)
      .map((note) => row('before', noteWords(note))),
  ];
}

/** On one line, as the table has one line a row. */
function row(name: string, text: string): [string, string] {
  return [name, text.replaceAll('\n', ' ')];
}

/** Newest first. */
async function notesBefore(alerts: readonly AlertView[], api: QueryApi): Promise<Annotation[]> {
  const fired = alerts.map(({ fired_at }) => Date.parse(fired_at));
  const { annotations } = await api.get('/api/annotations', AnnotationsSchema, {
    from: iso(Math.min(...fired) - BEFORE_MS),
    to: iso(Math.max(...fired) + 1),
    limit: MAX_NOTES,
  });
  return annotations;
}

/** Restarts in a loop may have begun long before, and go on. */
function isBefore({ at, last_at = at }: Annotation, firedAt: string): boolean {
  const firedMs = Date.parse(firedAt);
  return Date.parse(at) <= firedMs && Date.parse(last_at) >= firedMs - BEFORE_MS;
}

function noteWords({ text, at, last_at }: Annotation): string {
  if (last_at === undefined) return `${text}, ${utc(at)}`;
  return `${text} several times, ${minuteOf(at)} to ${utc(last_at)}`;
}

function utc(at: string): string {
  return `${minuteOf(at)} (UTC)`;
}
