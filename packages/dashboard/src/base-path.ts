/**
 * The path under which a proxy shows Hookpulse, such as `/hookpulse`. The server writes it into the
 * document. All other code of the dashboard writes paths as if there were none.
 */

/** Empty: none. */
export const BASE_PATH =
  globalThis.document?.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? '';

/** A path of ours as the browser has to ask for it. */
export function atBase(path: string): string {
  return BASE_PATH + path;
}

/** The contrary: the browser's path as ours. */
export function fromBase(path: string): string {
  const rest = path.slice(BASE_PATH.length);
  if (!path.startsWith(BASE_PATH) || /^[^/?]/.test(rest)) return path;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
