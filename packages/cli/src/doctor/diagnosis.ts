/** Everything that the doctor looks at. */
import type { Logger } from '@hookpulse/common/runtime/logger';
import { createLogger } from '@hookpulse/service-kit/process/create-logger';
import type { ApiAccess } from '../api/access.ts';
import type { Settings } from '../settings.ts';
import type { Check } from './check.ts';
import { checkDataFolder } from './data-folder-check.ts';
import { checkIngestUrl } from './ingest-url-check.ts';
import { checkLog } from './log-checks.ts';
import { checkMail } from './mail-check.ts';
import { checkReceivers } from './receiver-checks.ts';
import { checkServices } from './service-checks.ts';
import { checkStore } from './store-checks.ts';
import { checkTelegram } from './telegram-check.ts';

export interface Diagnosis {
  readonly configuration: Settings['shown'];
  /** What is wrong with the configuration. */
  readonly problems: readonly string[];
  /** What is set and has no effect. */
  readonly warnings: readonly string[];
  readonly checks: readonly Check[];
}

/** Looks at everything, however much of it is broken. */
export async function diagnose(settings: Settings, api: ApiAccess): Promise<Diagnosis> {
  const { config } = settings;
  // What clients log would be in the way of what the doctor says.
  const quiet: Logger = createLogger('doctor', 'silent');
  const [services, folder, log, store, mail, receivers, telegram, ingestUrl] = await Promise.all([
    checkServices(config.http, api),
    checkDataFolder(config),
    checkLog(config.log, quiet),
    checkStore(config),
    checkMail(config),
    checkReceivers(config, api),
    checkTelegram(config),
    checkIngestUrl(config),
  ]);
  return {
    configuration: settings.shown,
    problems: settings.problems,
    warnings: settings.warnings,
    checks: [...services, folder, ...log, ...store, mail, ...receivers, ...telegram, ingestUrl],
  };
}

export function isHealthy({ problems, checks }: Diagnosis): boolean {
  return problems.length === 0 && checks.every(({ state }) => state !== 'problem');
}

export function hasWarnings({ warnings, checks }: Diagnosis): boolean {
  return warnings.length > 0 || checks.some(({ state }) => state === 'warning');
}
