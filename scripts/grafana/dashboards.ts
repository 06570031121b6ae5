/** The Grafana dashboards of Hookpulse, as JSON files; `npm run grafana` writes them to deploy/grafana/dashboards. */
import { DashboardBuilder, QueryVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { FLEET, ONE_BOT } from './bots.ts';
import { CLICKHOUSE, type PanelSpec, placed } from './panels.ts';
import { PIPELINE } from './pipeline.ts';

/** Text by the name of the file. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  const dashboards = {
    'fleet.json': dashboard('hookpulse-fleet', 'Hookpulse: fleet', 'now-6h', FLEET),
    'bot.json': dashboard('hookpulse-bot', 'Hookpulse: one bot', 'now-6h', ONE_BOT).withVariable(
      new QueryVariableBuilder('bot')
        .label('Bot')
        .datasource(CLICKHOUSE)
        .query('SELECT DISTINCT bot_id FROM webhook_metrics ORDER BY bot_id'),
    ),
    'pipeline.json': dashboard('hookpulse-pipeline', 'Hookpulse: pipeline', 'now-1h', PIPELINE),
  };
  return Object.fromEntries(
    Object.entries(dashboards).map(([name, builder]) => [
      name,
      `${JSON.stringify(builder.build(), null, 2)}\n`,
    ]),
  );
}

function dashboard(
  uid: string,
  title: string,
  from: string,
  panels: readonly PanelSpec[],
): DashboardBuilder {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .tags(['hookpulse'])
    .timezone('utc')
    .refresh('30s')
    .time({ from, to: 'now' });
  for (const panel of placed(panels)) builder.withPanel(panel);
  return builder;
}
