/** The configuration as `npm start` would see it in this folder, wrong values and all. */
import { checkValues } from '@hookpulse/service-kit/config/check-values';
import type { Config } from '@hookpulse/service-kit/config/config';
import { ConfigError } from '@hookpulse/service-kit/config/config-error';
import { readEnvFile } from '@hookpulse/service-kit/config/env-file';
import { groupValues } from '@hookpulse/service-kit/config/group-values';
import { type Environment, readValues } from '@hookpulse/service-kit/config/read-values';
import { summarize } from '@hookpulse/service-kit/config/summarize';
import { unknownVariables } from '@hookpulse/service-kit/config/unknown-variables';
import { VARIABLE_NAMES, type VariableName } from '@hookpulse/service-kit/config/variables';
import { CommandError } from './command-error.ts';

/** Where the value in force is from. */
export type ValueSource = 'environment' | '.env' | 'default';

export interface ShownValue {
  readonly name: VariableName;
  /** With secrets masked; null: not set. */
  readonly value: unknown;
  readonly source: ValueSource;
}

export interface Settings {
  /** Defaults replace values that cannot be used. */
  readonly config: Config;
  readonly shown: readonly ShownValue[];
  /** One sentence for everything that is wrong; with any, services would not start. */
  readonly problems: readonly string[];
  /** One sentence for everything that is set and has no effect. */
  readonly warnings: readonly string[];
}

/** @param env - the variables that are really set; those of `.env` in the working folder are added */
export function readSettings(env: Environment): Settings {
  return settingsOf(readGiven(env), env);
}

/**
 * The same for a command that uses some of them: a default in place of what cannot be read would lead it to
 * another folder, or to another Hookpulse.
 * @throws CommandError
 */
export function settingsFor(names: readonly VariableName[], env: Environment): Settings {
  const given = readGiven(env);
  const own = given.problems.filter((problem) =>
    names.some((name) => problem.startsWith(`${name} `)),
  );
  const unreadable = [...given.fileProblems, ...own];
  if (unreadable.length > 0) throw new CommandError(unreadable.join('\n'));
  return settingsOf(given, env);
}

function readGiven(env: Environment) {
  const { fileEnv, fileProblems } = readFile();
  const texts = { ...fileEnv, ...env };
  return { texts, fileEnv, fileProblems, ...readValues(texts) };
}

function settingsOf(
  { texts, fileEnv, fileProblems, values, problems }: ReturnType<typeof readGiven>,
  env: Environment,
): Settings {
  const masked = summarize(values);
  return {
    config: groupValues(values),
    shown: VARIABLE_NAMES.map((name) => ({
      name,
      value: masked[name],
      source: sourceOf(name, env, fileEnv),
    })),
    problems: [...fileProblems, ...problems, ...checkValues(values)],
    warnings: unknownVariables(texts),
  };
}

function readFile(): { fileEnv: Environment; fileProblems: readonly string[] } {
  try {
    return { fileEnv: readEnvFile(), fileProblems: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { fileEnv: {}, fileProblems: error.problems };
    throw error;
  }
}

/** A variable that is set wins over the file, also when it is set to nothing. */
function sourceOf(name: VariableName, env: Environment, fileEnv: Environment): ValueSource {
  const [text, source] =
    env[name] === undefined
      ? ([fileEnv[name], '.env'] as const)
      : ([env[name], 'environment'] as const);
  return text === undefined || text.trim() === '' ? 'default' : source;
}
