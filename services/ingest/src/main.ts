/**
 * Ingest as a process of its own, or as several that share a port: `npm run start:ingest`. It needs the
 * log alone.
 */

import { systemClock } from '@hookpulse/common/runtime/clock';
import { adminAccess } from '@hookpulse/service-kit/process/admin-access';
import { runService } from '@hookpulse/service-kit/process/run-service';
import { ingestSettings } from './settings.ts';
import { start } from './start.ts';

await runService({
  name: 'ingest',
  needs: ['log'],
  portOf: (ports) => ports.ingest,
  workersOf: (http) => http.ingestWorkers,
  async open({ config, logger, engines, telemetry: { tracer }, sharedMetrics }) {
    const { token: adminToken } = await adminAccess(config);
    const log = await engines.openLog();
    const registry = await engines.openRegistry(log);
    const namedTokens = engines.openNamedTokens(log);
    const settings = {
      ...ingestSettings(config, adminToken),
      processes: config.http.ingestWorkers,
    };
    const clock = systemClock;
    return () =>
      start({ settings, log, registry, namedTokens, logger, clock, tracer, sharedMetrics });
  },
});
