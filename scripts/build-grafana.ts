/** `npm run grafana`: writes the dashboards of deploy/grafana from their TypeScript. */
import { writeFileSync } from 'node:fs';
import { dashboardFiles } from './grafana/dashboards.ts';

const FOLDER = new URL('../deploy/grafana/dashboards/', import.meta.url);

for (const [name, text] of Object.entries(dashboardFiles())) {
  writeFileSync(new URL(name, FOLDER), text);
}
