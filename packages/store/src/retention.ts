/** How long rows are kept: a retention that is set anew takes effect at the next start. */

/** Days. */
export interface Retention {
  readonly retentionDays: number;
  /** Null: hourly rows are kept. */
  readonly metricsRetentionDays: number | null;
}

/** `sql`: the statement that would make the table. */
type Tables = ReadonlyMap<string, { readonly sql: string }>;

const RAW_TABLES = ['webhook_events', 'webhook_events_by_time', 'webhook_errors'] as const;
const METRICS_TABLE = 'webhook_metrics';

/**
 * The statements that tables need which were made with another retention. What has become too old is
 * deleted in the background from then on: each statement also has ClickHouse look at what is stored,
 * because parts of tables know their own time of expiry and would keep to the old one.
 */
export function retentionChanges(tables: Tables, retention: Retention): string[] {
  const { retentionDays, metricsRetentionDays } = retention;
  const changes = RAW_TABLES.filter((name) => isOther(tables.get(name)?.sql, retentionDays)).map(
    (name) =>
      `ALTER TABLE ${name}\nMODIFY TTL toDateTime(timestamp) + INTERVAL ${retentionDays} DAY`,
  );
  const metrics = tables.get(METRICS_TABLE)?.sql;
  if (metricsRetentionDays === null) {
    if (metrics && hasTtl(metrics)) changes.push(`ALTER TABLE ${METRICS_TABLE}\nREMOVE TTL`);
    // A table that was made just now has none either.
  } else if (metrics === undefined || isOther(metrics, metricsRetentionDays)) {
    changes.push(
      `ALTER TABLE ${METRICS_TABLE}
MODIFY TTL toDateTime(date, 'UTC') + toIntervalHour(hour) + INTERVAL ${metricsRetentionDays} DAY`,
    );
  }
  return changes;
}

/** Undefined: it was made just now, with the retention that is wanted. */
function isOther(sql: string | undefined, days: number): boolean {
  return sql !== undefined && !sql.includes(`toIntervalDay(${days})`);
}

function hasTtl(sql: string): boolean {
  return /\bTTL\b/.test(sql);
}
