/** The aggregator as a process of its own: `npm run start:aggregator`. Several share the work. */
import { systemClock } from '@hookpulse/common/runtime/clock';
import { runService } from '@hookpulse/service-kit/process/run-service';
import { aggregatorSettings } from './settings.ts';
import { start } from './start.ts';

await runService({
  name: 'aggregator',
  needs: ['log', 'store'],
  portOf: (ports) => ports.aggregator,
  async open({ config, logger, engines, telemetry: { tracer, errors } }) {
    const clickhouse = await engines.openStore();
    const log = await engines.openLog();
    const namedTokens = engines.openNamedTokens(log);
    const settings = aggregatorSettings(config);
    const reportBotError = errors?.reportBotError ?? null;
    const told = { tracer, reportBotError };
    return () =>
      start({ settings, log, clickhouse, namedTokens, logger, ...told, clock: systemClock });
  },
});
