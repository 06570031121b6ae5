/** Who may do what (contract, section 6). */

/** What a route asks of its caller. `open`: nothing, unless a read token is set. */
export type RouteAccess = 'public' | 'open' | 'read' | 'write';

/** What the caller has shown to be. */
export type Caller = 'admin' | 'read' | 'nobody';

/** `unauthorized`: show a token first. `forbidden`: this token does not do that. */
export type AccessVerdict = 'granted' | 'unauthorized' | 'forbidden';

/** @param hasReadToken - whether a read token is set, which also closes the open routes */
export function judgeAccess(
  access: RouteAccess,
  caller: Caller,
  hasReadToken: boolean,
): AccessVerdict {
  if (access === 'public' || (access === 'open' && !hasReadToken)) return 'granted';
  switch (caller) {
    case 'admin':
      return 'granted';
    case 'read':
      return access === 'write' ? 'forbidden' : 'granted';
    case 'nobody':
      return 'unauthorized';
    default:
      return caller satisfies never;
  }
}
