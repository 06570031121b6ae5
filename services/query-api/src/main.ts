/** The query API as a process of its own: `npm run start:query-api`. */
import { systemClock } from '@hookpulse/common/runtime/clock';
import { adminAccess } from '@hookpulse/service-kit/process/admin-access';
import { runService } from '@hookpulse/service-kit/process/run-service';
import { secretBoxOf } from '@hookpulse/service-kit/process/secrets-key';
import { queryApiSettings } from './settings.ts';
import { start } from './start.ts';

await runService({
  name: 'query-api',
  needs: ['log', 'store'],
  portOf: (ports) => ports.queryApi,
  async open({ config, logger, engines }) {
    const access = await adminAccess(config);
    if (access.kind === 'file') {
      logger.info({ file: `${config.dataDir}/admin-token` }, 'admin token written to a file');
    }
    const clickhouse = await engines.openStore();
    const log = await engines.openLog();
    const registry = await engines.openRegistry(log);
    const controls = await engines.openAlertControls(log);
    const namedTokens = engines.openNamedTokens(log);
    const firstEvents = await engines.openFirstEvents(log);
    const settings = queryApiSettings(config, access.token);
    const secretBox = secretBoxOf(config);
    const folded = { registry, controls, namedTokens, firstEvents };
    return () =>
      start({ settings, log, clickhouse, ...folded, secretBox, logger, clock: systemClock });
  },
});
