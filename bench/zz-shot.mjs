import { chromium } from 'playwright-core';
const b = await chromium.launch({ executablePath: process.env.CHROME || undefined, args:['--no-sandbox'] });
const c = await b.newContext({ extraHTTPHeaders: { authorization: 'Bearer try-admin-token-1234567890' }, viewport: { width: 1100, height: 1400 } });
const p = await c.newPage();
const bad=[]; p.on('console', m => { if (m.type()==='error') bad.push(m.text()); });
await p.goto('http://localhost:18081/api/docs/topics'); await p.screenshot({ path: '/tmp/wt/scratch-topics/topics.png' });
await p.locator('[id="telegram.updates"]').scrollIntoViewIfNeeded(); await p.evaluate(() => document.getElementById('telegram.updates').scrollIntoView()); await p.screenshot({ path: '/tmp/wt/scratch-topics/topics2.png' });
await p.goto('http://localhost:18081/api/docs'); await p.waitForTimeout(3000); await p.screenshot({ path: '/tmp/wt/scratch-topics/docs.png' });
console.log('console errors', bad); await b.close();
