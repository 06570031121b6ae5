import { expect, test } from '@jest/globals';
import { escapeHtml } from './escape-html.ts';

test('special characters of HTML are escaped', () => {
  expect(escapeHtml(`<a href="x" title='y'>&amp;`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;',
  );
});
