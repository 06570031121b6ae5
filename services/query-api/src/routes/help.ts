/** `GET /help`: the troubleshooting guide, to which mails and pages link. Anybody may read it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HELP_PATH } from '@hookpulse/api/page-paths';
import { errorCode } from '@hookpulse/common/values/error-code';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { notFound } from '@hookpulse/service-kit/http/http-error';
import { guideHtml } from '../help/guide-html.ts';

const GUIDE = join(import.meta.dirname, '../../../../docs/guides/troubleshooting.md');

export function registerHelp(app: HttpApp): void {
  const page = readGuide();
  app.get(HELP_PATH, { config: { access: 'public' }, schema: { hide: true } }, (_, reply) => {
    if (page === null) throw notFound('The guides are not part of this installation.');
    return reply.type('text/html; charset=utf-8').send(page);
  });
}

/** Null: it was left out of what is installed here. */
function readGuide(): string | null {
  try {
    return guideHtml(readFileSync(GUIDE, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
