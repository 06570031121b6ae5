/** `multipart/form-data` (RFC 7578), in which the client sends long parameters of a query. */
import { ClickHouseException } from './exceptions.ts';

const CRLF = '\r\n';

/** The parts by name. @throws ClickHouseException */
export function readFormParts(body: Buffer, contentType: string): Map<string, string> {
  const boundary = /;\s*boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw badForm('no boundary');
  const parts = new Map<string, string>();
  const [, ...sections] = `${CRLF}${body.toString('utf8')}`.split(`${CRLF}--${boundary}`);
  for (const section of sections) {
    if (section.startsWith('--')) return parts;
    const headersEnd = section.indexOf(CRLF + CRLF);
    const name = /\bname="([^"]*)"/i.exec(section.slice(0, headersEnd))?.[1];
    if (headersEnd < 0 || name === undefined) throw badForm('a part without a name');
    parts.set(name, section.slice(headersEnd + CRLF.length * 2));
  }
  throw badForm('no end');
}

function badForm(problem: string): ClickHouseException {
  return new ClickHouseException(36, 'BAD_ARGUMENTS', `Malformed form data: ${problem}.`);
}
