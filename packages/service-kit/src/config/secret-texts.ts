/** The secrets among the values of the configuration, as they may stand in a text. */
import { VARIABLE_NAMES, VARIABLES, type Values } from './variables.ts';

export function secretTexts(values: Values): readonly string[] {
  return VARIABLE_NAMES.flatMap((name) => {
    const { visibility } = VARIABLES[name];
    const value = values[name];
    if (visibility === 'shown' || value === null) return [];
    if (typeof value === 'object') return Object.values(value).map(String);
    return visibility === 'secret' ? [String(value)] : secretsOfUrl(String(value));
  });
}

/** Password, or a user name that stands alone (the key of a DSN), and the parts of path and query that no common word is as long as. */
function secretsOfUrl(text: string): readonly string[] {
  const url = URL.parse(text);
  if (!url) return [];
  const key = url.password === '' ? url.username : url.password;
  const password = key === '' ? [] : [key, decodeURIComponent(key)];
  const parts = [...url.pathname.split('/'), ...url.searchParams.values()];
  return [...password, ...parts.filter(({ length }) => length >= 16)];
}
