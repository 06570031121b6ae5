/** The forwarder as a process of its own: `npm run start:forwarder`. Several share the work. */
import { systemClock } from '@hookpulse/common/runtime/clock';
import { runService } from '@hookpulse/service-kit/process/run-service';
import { secretBoxOf } from '@hookpulse/service-kit/process/secrets-key';
import { forwarderSettings } from './settings.ts';
import { start } from './start.ts';

await runService({
  name: 'forwarder',
  needs: ['log'],
  portOf: (ports) => ports.forwarder,
  async open({ config, logger, engines, telemetry: { tracer } }) {
    const log = await engines.openLog();
    const registry = await engines.openRegistry(log);
    const namedTokens = engines.openNamedTokens(log);
    const settings = forwarderSettings(config);
    const secretBox = secretBoxOf(config);
    const folded = { registry, namedTokens, secretBox };
    return () => start({ settings, log, ...folded, logger, clock: systemClock, tracer });
  },
});
