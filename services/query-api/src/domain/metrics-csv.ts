/** Hourly metrics as CSV (RFC 4180), for spreadsheets: a header, then a line for each row. */
import { type MetricsRow, MetricsRowSchema } from '@hookpulse/api/metrics-row';

const COLUMNS = Object.keys(MetricsRowSchema.properties) as readonly (keyof MetricsRow)[];

export const CSV_HEADER = `${COLUMNS.join(',')}\r\n`;

/** No value needs quotes: they are numbers, times, ids and rates. What is null is empty. */
export function csvLine(row: MetricsRow): string {
  return `${COLUMNS.map((name) => row[name] ?? '').join(',')}\r\n`;
}
