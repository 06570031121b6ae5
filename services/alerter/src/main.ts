/** The alerter as a process of its own: `npm run start:alerter`. It needs the log alone. */
import { systemClock } from '@hookpulse/common/runtime/clock';
import { runService } from '@hookpulse/service-kit/process/run-service';
import { secretBoxOf } from '@hookpulse/service-kit/process/secrets-key';
import { alerterSettings } from './settings.ts';
import { start } from './start.ts';

await runService({
  name: 'alerter',
  needs: ['log'],
  portOf: (ports) => ports.alerter,
  async open({ config, logger, engines, telemetry: { tracer } }) {
    const log = await engines.openLog();
    const registry = await engines.openRegistry(log);
    const controls = await engines.openAlertControls(log);
    const namedTokens = engines.openNamedTokens(log);
    const presence = await engines.openPresence(log);
    const firstEvents = await engines.openFirstEvents(log);
    const settings = alerterSettings(config);
    const folded = { registry, controls, namedTokens, presence, firstEvents };
    const secretBox = secretBoxOf(config);
    return () => start({ settings, log, ...folded, secretBox, logger, clock: systemClock, tracer });
  },
});
