/** The alerter as a process of its own: `npm run start:alerter`. It needs the log alone. */
import { runService } from '@hookpulse/common/service/run-service';
import { start } from './start.ts';

await runService({
  name: 'alerter',
  needs: ['log'],
  portOf: (ports) => ports.alerter,
  async open({ config, logger, engines }) {
    const log = await engines.openLog();
    const { http, tokens } = config;
    const settings = { host: http.host, port: http.ports.alerter, tokens };
    return () => start({ settings, log, logger });
  },
});
