/** The URLs that requests to Hookpulse go to. */

/**
 * `fetch` refuses user names and passwords, and a password that is not escaped can make the URL
 * that of another host, which would get the token. So these marks may not be anywhere.
 */
const FORBIDDEN = /[@?#]/;

/**
 * @param path - such as `/api/events`
 * @throws TypeError that does not quote the URL
 */
export function apiUrl(url: string, path: string): string {
  if (FORBIDDEN.test(url)) {
    throw new TypeError(
      'url must not have a user name, password, query or fragment: remove "@", "?" and "#"',
    );
  }
  if (!URL.canParse(url)) {
    throw new TypeError('url must be a web address, such as https://hooks.example.com');
  }
  const base = new URL(url);
  if (base.protocol !== 'http:' && base.protocol !== 'https:') {
    throw new TypeError(`url must begin with http:// or https://, not ${base.protocol}`);
  }
  base.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`;
  return base.href;
}
