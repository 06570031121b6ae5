/** What is in force, fit for a log line or a screen: secrets are masked, also inside URLs. */
import { shownReceiver } from '@hookpulse/common/alerts/receiver';
import { VARIABLE_NAMES, VARIABLES, type Values, type Visibility } from './variables.ts';

const MASK = '***';

/** JSON-friendly: lists as lists, null for what is not set. */
export type Summary = Readonly<Record<string, unknown>>;

export function summarize(values: Values): Summary {
  return Object.fromEntries(
    VARIABLE_NAMES.map((name) => [name, masked(values[name], VARIABLES[name].visibility)]),
  );
}

/** Masks the password, a user name that stands alone (a DSN's key), the query and the fragment. */
function maskUrl(text: string, isPathShown: boolean): string {
  const url = URL.parse(text);
  if (!url) return MASK;
  if (!isPathShown && url.pathname.length > 1) url.pathname = `/${MASK}`;
  if (url.hash !== '') url.hash = MASK;
  if (url.password !== '') url.password = MASK;
  else if (url.username !== '') url.username = MASK;
  if (url.search !== '') url.search = MASK;
  return url.href;
}

function masked(value: unknown, visibility: Visibility): unknown {
  if (value === null) return null;
  switch (visibility) {
    case 'shown':
      return value;
    case 'url':
    case 'origin':
      return typeof value === 'string' ? maskUrl(value, visibility === 'url') : MASK;
    case 'secret':
      return MASK;
    case 'receivers':
      return Array.isArray(value) ? value.map((one) => shownReceiver(String(one))) : MASK;
    default:
      return visibility satisfies never;
  }
}
