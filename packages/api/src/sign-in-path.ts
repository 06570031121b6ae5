/** The address of the sign-in page, which leads back to where one was. */
import { PAGE_PATHS } from './page-paths.ts';

/** @param url - path and query to come back to */
export function signInPath(url: string): string {
  const isBack = url !== '/' && !url.startsWith(PAGE_PATHS.signIn);
  return isBack ? `${PAGE_PATHS.signIn}?next=${encodeURIComponent(url)}` : PAGE_PATHS.signIn;
}

/** Only a path of this origin: a link may say anything. */
export function safeNext(next: string): string {
  return /^\/(?![/\\])/.test(next) ? next : PAGE_PATHS.fleet;
}
