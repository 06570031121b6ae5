/** The troubleshooting guide as a page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULE_NAMES } from '@hookpulse/common/alerts/rules/rules';
import { expect, test } from '@jest/globals';
import { guideHtml } from './guide-html.ts';

const GUIDE = join(import.meta.dirname, '../../../../docs/guides/troubleshooting.md');

test('has a place for every rule, to which its mails link', () => {
  const html = guideHtml(readFileSync(GUIDE, 'utf8'));
  for (const rule of RULE_NAMES) expect(html).toContain(`id="${rule.replaceAll('_', '-')}"`);
  expect(html).toContain('id="notifications-that-do-not-come"');
  expect(html).toContain('<a href="#forwarding-stuck">');
  expect(html).not.toMatch(/<p>\||\*\*|\]\(/);
});

test('shows text as text', () => {
  expect(guideHtml('# A & B\n\n`<script>` **bold** [there](x.md)\n\n- one\n- two')).toContain(
    '<p><code>&lt;script&gt;</code> <strong>bold</strong> there</p>\n<ul><li>one</li><li>two</li></ul>',
  );
});
