/**
 * Configuration: the environment, read and checked whole at start (contract, section 2). The
 * variables themselves are in config/variables.ts.
 */
import { checkRequired, checkValues } from '../config/check-values.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import { readEnvFile } from '../config/env-file.ts';
import { groupValues } from '../config/group-values.ts';
import { type Environment, readValues } from '../config/read-values.ts';
import { type Summary, summarize } from '../config/summarize.ts';
import type { VariableName } from '../config/variables.ts';

/**
 * The environment with what a `.env` file adds. A variable that is really set wins, even when it is
 * set to nothing: so can a line of the file be switched off for one command.
 * @throws ConfigError when the file is there and cannot be read.
 */
export function environmentWithFile(env: Environment, path = '.env'): Environment {
  return { ...readEnvFile(path), ...env };
}

/**
 * Reads and checks every variable at once.
 * @param required - variables that this process cannot do without, though others can
 * @throws ConfigError
 */
export function readConfig(env: Environment, required: readonly VariableName[] = []): Config {
  const { values, problems } = readValues(env);
  const all = [...problems, ...checkValues(values), ...checkRequired(values, required)];
  if (all.length > 0) throw new ConfigError(all);
  return groupValues(values);
}

/** By variable, with secrets masked: what start logs. */
export function configSummary(config: Config): Summary {
  return summarize(config.values);
}
