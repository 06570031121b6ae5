/** The files of deploy/grafana. That every panel finds data: prometheus.test.ts, on a running system. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { dashboardFiles } from '../../scripts/grafana/dashboards.ts';
import { API, CLICKHOUSE, PROMETHEUS } from '../../scripts/grafana/panels.ts';
import { CHECKOUT } from '../support/service-process.ts';
import { panelsOf } from './support/panel-data.ts';

const FOLDER = join(CHECKOUT, 'deploy', 'grafana');
const FILES = dashboardFiles();

interface DataSource {
  readonly uid: string;
  readonly type: string;
}

test.each(Object.keys(FILES))('%s is what npm run grafana writes', (name) => {
  expect(readFileSync(join(FOLDER, 'dashboards', name), 'utf8')).toBe(FILES[name]);
});

test('every data source of a panel is provisioned', () => {
  const file = readFileSync(join(FOLDER, 'provisioning/datasources/hookpulse.yml'), 'utf8');
  const { datasources } = parse(file) as { datasources: readonly DataSource[] };
  const provisioned = datasources.map(({ uid, type }) => ({ type, uid }));
  expect(provisioned).toEqual([PROMETHEUS, CLICKHOUSE, API]);
  for (const name of Object.keys(FILES)) {
    for (const { targets } of panelsOf(name)) {
      for (const { datasource } of targets) expect(provisioned).toContainEqual(datasource);
    }
  }
});

test.each(Object.keys(FILES))(
  'panels of %s have a title, a query, and a place of their own',
  (name) => {
    const panels = (JSON.parse(FILES[name] ?? '') as { panels: readonly Placed[] }).panels;
    const taken = new Set<string>();
    for (const { title, targets, gridPos } of panels) {
      expect(title).toBeTruthy();
      expect(targets.length).toBeGreaterThan(0);
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken).not.toContain(`${x}/${y}`);
          taken.add(`${x}/${y}`);
        }
      }
    }
  },
);

interface Placed {
  readonly title: string;
  readonly targets: readonly object[];
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
}
