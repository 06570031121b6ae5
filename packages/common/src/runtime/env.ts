/**
 * Configuration: the environment, read and checked whole at start (contract, section 2). The
 * variables themselves stand in config/variables.ts.
 */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { checkRequired, checkValues } from './config/check-values.ts';
import type { Config } from './config/config.ts';
import { groupValues } from './config/group-values.ts';
import { type Environment, readValues } from './config/read-values.ts';
import { type Summary, summarize } from './config/summarize.ts';
import type { VariableName } from './config/variables.ts';
import { errorCode } from './error-code.ts';

/** The configuration cannot be used; the message has one line for each bad variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * The environment with what a `.env` file adds. A variable that is really set wins, even when it is
 * set to nothing: so can a line of the file be switched off for one command.
 * @throws ConfigError when the file is there and cannot be read.
 */
export function environmentWithFile(env: Environment, path = '.env'): Environment {
  return { ...readEnvFile(path), ...env };
}

/** What a `.env` file sets; nothing where there is none. @throws ConfigError as above. */
export function readEnvFile(path = '.env'): Environment {
  const text = readIfPresent(path);
  return text === null ? {} : parseEnv(text);
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

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw new ConfigError([`${path} cannot be read: ${String(error)}`]);
  }
}
