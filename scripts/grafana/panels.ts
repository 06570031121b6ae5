/** Panels and queries of the dashboards, by the data source that they ask. */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef, GridPos, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** As deploy/grafana/provisioning/datasources/hookpulse.yml names them. */
export const PROMETHEUS = { type: 'prometheus', uid: 'hookpulse-prometheus' };
export const CLICKHOUSE = { type: 'grafana-clickhouse-datasource', uid: 'hookpulse-clickhouse' };
export const API = { type: 'yesoreyeram-infinity-datasource', uid: 'hookpulse-api' };

/** Grafana's grid has 24 columns. */
const COLUMNS = 24;

export interface PanelSpec {
  readonly kind: 'timeseries' | 'stat' | 'table';
  readonly title: string;
  readonly description?: string;
  /** Of Grafana, such as `s` or `reqps`. */
  readonly unit?: string;
  /** Columns of 24, and rows. */
  readonly size: readonly [width: number, height: number];
  readonly source: DataSourceRef;
  readonly queries: readonly Builder<Dataquery>[];
}

/** A query of Prometheus; `legend` is a template such as `{{outcome}}`. */
export function prom(expr: string, legend: string): Builder<Dataquery> {
  return new DataqueryBuilder().expr(expr).range().exemplar(true).legendFormat(legend);
}

/** A query of the store. Its first column is `time` where a panel is over time. */
export function sql(rawSql: string, format: 'timeseries' | 'table'): Builder<Dataquery> {
  return query({
    rawSql,
    editorType: 'sql',
    queryType: format,
    format: format === 'timeseries' ? 0 : 1,
  });
}

/**
 * An answer of the query API.
 * @param rows - where the rows are in the answer; '' for the answer itself
 * @param columns - title by path within a row
 */
export function api(
  path: string,
  rows: string,
  columns: Readonly<
    Record<string, readonly [title: string, type: 'string' | 'number' | 'timestamp']>
  >,
): Builder<Dataquery> {
  return query({
    type: 'json',
    source: 'url',
    parser: 'backend',
    format: 'table',
    url: path,
    url_options: { method: 'GET', data: '' },
    root_selector: rows,
    columns: Object.entries(columns).map(([selector, [text, type]]) => ({ selector, text, type })),
    filters: [],
  });
}

/** Places panels row by row, in their order. */
export function placed(specs: readonly PanelSpec[]): readonly Builder<Panel>[] {
  let at = { x: 0, y: 0, rowHeight: 0 };
  return specs.map((spec) => {
    const [w, h] = spec.size;
    if (at.x + w > COLUMNS) at = { x: 0, y: at.y + at.rowHeight, rowHeight: 0 };
    const gridPos = { x: at.x, y: at.y, w, h };
    at = { ...at, x: at.x + w, rowHeight: Math.max(at.rowHeight, h) };
    return panel(spec, gridPos);
  });
}

function panel(spec: PanelSpec, gridPos: GridPos): Builder<Panel> {
  const builder = builderOf(spec.kind)
    .title(spec.title)
    .gridPos(gridPos)
    .datasource(spec.source)
    .targets(
      spec.queries.map((one, index) => withRefId(one, String.fromCharCode(65 + index), spec)),
    );
  if (spec.description !== undefined) builder.description(spec.description);
  if (spec.unit !== undefined) builder.unit(spec.unit);
  return builder;
}

function builderOf(kind: PanelSpec['kind']): TimeseriesBuilder | StatBuilder | TableBuilder {
  if (kind === 'stat') return new StatBuilder();
  return kind === 'table' ? new TableBuilder() : new TimeseriesBuilder();
}

function withRefId(
  one: Builder<Dataquery>,
  refId: string,
  { source }: PanelSpec,
): Builder<Dataquery> {
  return { build: () => ({ ...one.build(), refId, datasource: source }) };
}

function query(fields: object): Builder<Dataquery> {
  return { build: () => ({ ...fields, _implementsDataqueryVariant: () => undefined }) };
}
