/** Reads every variable of the table from an environment, and collects all that is wrong. */
import { VARIABLE_NAMES, VARIABLES, type Values, type Variable } from './variables.ts';

/** Variables by name; unset and empty are the same. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Reading {
  /** Fallbacks replace values that could not be read. */
  readonly values: Values;
  /** One sentence for each bad variable, starting with its name. */
  readonly problems: readonly string[];
}

export function readValues(env: Environment): Reading {
  const problems: string[] = [];
  const entries = VARIABLE_NAMES.map((name) => {
    const variable: Variable<unknown> = VARIABLES[name];
    const text = textOf(env, name);
    const value = text === undefined ? variable.fallback : variable.format.parse(text);
    if (value !== undefined) return [name, value] as const;
    const demand = variable.format.demandOf?.(text ?? '') ?? `be ${variable.format.allowed}`;
    problems.push(`${name} must ${demand}${shownText(variable, text)}`);
    return [name, variable.fallback] as const;
  });
  // The entries are exactly the table's names, each with a value of its own format or fallback.
  return { values: Object.fromEntries(entries) as unknown as Values, problems };
}

/** What the variable is set to, trimmed; undefined when it is unset, empty or blank. */
function textOf(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

/** Of a URL that was put where none belongs; passwords may have commas and spaces. */
const CREDENTIALS = /:.*@/s;

/** The bad text helps to find it, but one that may hold a secret is never repeated. */
function shownText(variable: Variable<unknown>, text: string | undefined): string {
  if (text === undefined || CREDENTIALS.test(text)) return '';
  const { visibility } = variable;
  const isShown = visibility === 'shown' || (visibility === 'receivers' && !text.includes('://'));
  return isShown ? `, not ${JSON.stringify(text)}` : '';
}
