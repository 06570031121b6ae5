/**
 * An incident as an operator meets it: a bot is deployed, its callback queries fail, a mail arrives, and
 * within two clicks the cause and the deployment are on the screen. The same by the command line.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { AnnotationList } from '@hookpulse/api/annotations';
import { until } from '@hookpulse/common/testing/until';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../kafka-broker/free-port.ts';
import { describeInBrowser } from '../setup/requirements.ts';
import { type CommandResult, runCommand } from '../support/command-line.ts';
import { startTestSmtpServer, type TestMail, type TestSmtpServer } from '../support/smtp-server.ts';
import { askAsAdmin } from './support/ask-api.ts';
import { film, filmText, isFilming } from './support/film.ts';
import { type Dashboard, openDashboard, TOKENS } from './support/open-dashboard.ts';
import { seededBot, seededTraffic, WEBHOOK_SECRET } from './support/seed-dashboard.ts';

const BOT = 'payments';
const SENTENCE =
  /^ValueError: cannot read amount: (all|\d\d% of) failures since .*, callback queries only$/;
/** What version 2.3 makes of amounts as people write them. */
const AMOUNTS = ['12,50 €', '7,00 €', '129,90 €', '1 050 €'];
const FAILURES_AT_ONCE = 8;
const MESSAGES_AT_ONCE = 4;
/** Charts of minutes show more of an incident that goes on for some. */
const [PLAYED_MS, PAUSE_MS] = isFilming() ? [3 * MINUTE_MS, 15_000] : [0, 2_000];
/** Rows of the page of events before it is asked for older ones. */
const FIRST_ROWS = 100;
/** A mail is small; the dashboard has the screen of `openDashboard`. */
const MAIL_VIEW = { width: 720, height: 360 };
const SCREEN = { width: 1440, height: 900 };
/** Of what goes before the tests. */
const PATIENCE_MS = 480_000;

describeInBrowser('an incident', (browserAddress) => {
  let smtp: TestSmtpServer;
  let dashboard: Dashboard;
  let mail: TestMail;
  let failures = 0;

  beforeAll(async () => {
    smtp = await startTestSmtpServer();
    const queryApiPort = await freePort();
    const nowMs = Date.now();
    const span = { spanMs: 50 * MINUTE_MS, nowMs };
    dashboard = await openDashboard(browserAddress, {
      env: {
        ADMIN_EMAIL: 'ops@example.com',
        SMTP_URL: smtp.url,
        QUERY_API_PORT: `${queryApiPort}`,
        PUBLIC_URL: `http://127.0.0.1:${queryApiPort}`,
      },
      seed: {
        isOnTime: true,
        bots: [
          seededBot(BOT, 'Payments', nowMs),
          seededBot('shop', 'Shop', nowMs),
          seededBot('support', 'Support desk', nowMs),
        ],
        events: [
          ...seededTraffic(BOT, 500, { ...span, failsOneIn: 0 }),
          ...seededTraffic('shop', 300, { ...span, failsOneIn: 60 }),
          ...seededTraffic('support', 120, { ...span, failsOneIn: 0 }),
        ],
      },
    });
    await forgetOwnStart(dashboard);
    const noted = await hookpulse('annotate', 'v2.3', '--bot', BOT, '--at', '2m');
    expect(noted).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('✓ v2.3, payments'),
    });
    const endMs = performance.now() + PLAYED_MS;
    do {
      await playSome(dashboard, 50_000 + 2 * failures);
      failures += FAILURES_AT_ONCE;
      if (smtp.mails.length === 0 || performance.now() < endMs) await delay(PAUSE_MS);
    } while (smtp.mails.length === 0 || performance.now() < endMs);
    mail = await until('the mail', () => smtp.mails[0]);
  }, PATIENCE_MS);
  afterAll(async () => {
    await dashboard?.close();
    await smtp?.close();
  });

  /** As an operator types it. */
  function hookpulse(...args: string[]): Promise<CommandResult> {
    return runCommand([...args, '--url', dashboard.urls.queryApi], { ADMIN_TOKEN: TOKENS.admin });
  }

  test('from the mail to the cause and to the deployment before it, in two clicks', async () => {
    const { subject, text = '', html } = mail.parsed;
    expect(subject).toBe('⚠️ High Webhook Error Rate: Payments');
    expect(text).toMatch(
      /^ValueError: cannot read amount: all failures since \d\d:\d\d \(UTC\), callback queries only$/m,
    );
    const [link] = /^http\S+\/bots\/payments\S*$/m.exec(text) ?? [];
    const { page, violations } = await dashboard.open('admin', 'about:blank');
    // As a mail program shows it, of another site than the dashboard.
    await page.setViewportSize(MAIL_VIEW);
    await page.setContent(`${html}`);
    await film(page, '1-mail');
    const button = page.getByRole('link', { name: 'Open Payments in Hookpulse' });
    expect(await button.getAttribute('href')).toBe(link);

    await page.setViewportSize(SCREEN);
    const clickedMs = performance.now();
    await button.click();
    const cause = page.getByRole('link', { name: SENTENCE });
    await cause.waitFor();
    const marks = page.getByRole('list', { name: 'Marks in the charts' }).getByRole('listitem');
    await marks.filter({ hasText: 'v2.3' }).waitFor();
    await marks.filter({ hasText: 'High error rate fired' }).waitFor();
    const tookMs = Math.round(performance.now() - clickedMs);
    await filmText(
      `${tookMs} ms from the click in the mail to the cause and the marks\n`,
      '2-cause',
    );
    await film(page, '2-cause');
    expect(await violations()).toEqual([]);

    await cause.click();
    const rows = page.getByRole('table').getByRole('row');
    await rows.filter({ hasText: "cannot read amount: '12,50 €'" }).first().waitFor();
    expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe(
      `${Math.min(failures, FIRST_ROWS) + 1}`,
    );
    await film(page, '3-events');
    expect(await violations()).toEqual([]);
    expect(await dashboard.closePages()).toEqual([]);
  });

  test('the command line says the same', async () => {
    const alerts = await hookpulse('alerts');
    expect(alerts).toMatchObject({ exitCode: 0, stderr: '' });
    expect(alerts.stdout).toMatch(/^high_error_rate: Payments$/m);
    expect(alerts.stdout).toMatch(
      /^ {2}cause +ValueError: cannot read amount: .* since .* \(UTC\), callback queries only$/m,
    );
    expect(alerts.stdout).toMatch(/^ {2}before +v2\.3, \d{4}-\d\d-\d\d \d\d:\d\d \(UTC\)$/m);

    const { stdout } = await hookpulse('errors', '--bot', BOT);
    await filmText(`${alerts.stdout}\n${stdout}`, '4-command-line');
    const [, fingerprint = ''] =
      /^([0-9a-f]{16}) +new +\d+ +100\.0% .* ValueError: cannot read amount$/m.exec(stdout) ?? [];
    const group = await hookpulse('errors', 'show', fingerprint);
    expect(group.stdout).toContain(`  updates      callback queries (${failures})\n`);
    expect(group.stdout).toContain("cannot read amount: '12,50 €'");
  });
});

/** It has a past of an hour, and has run for seconds: its mark would mislead who looks at the pictures. */
async function forgetOwnStart(dashboard: Dashboard): Promise<void> {
  const started = await until('the mark', async () => {
    const answer = await askAsAdmin(dashboard, 'GET', '/api/annotations?kind=restart');
    return (answer as AnnotationList).annotations[0];
  });
  await askAsAdmin(dashboard, 'DELETE', `/api/annotations/${started.annotation_id}`);
}

/** Messages of the bot go well; each update is delivered as Telegram does, and reported by the bot. */
async function playSome(
  { client }: Pick<Dashboard, 'client'>,
  firstUpdateId: number,
): Promise<void> {
  const events: object[] = [];
  for (let n = 0; n < FAILURES_AT_ONCE + MESSAGES_AT_ONCE; n += 1) {
    const update_id = firstUpdateId + n;
    const isBroken = n < FAILURES_AT_ONCE;
    const update_type = isBroken ? 'callback_query' : 'message';
    const response = await client.deliver(BOT, WEBHOOK_SECRET, { update_id, [update_type]: {} });
    await response.body?.cancel();
    events.push({
      ...{ update_id, update_type, event_type: 'processed', processing_time_ms: 40 + (n % 60) },
      ...(isBroken ? brokenBy(AMOUNTS[n % AMOUNTS.length]) : {}),
    });
  }
  const answer = await client.report(`report-token-of-${BOT}`, events);
  expect(answer.status).toBe(202);
  await answer.body?.cancel();
}

function brokenBy(amount = ''): object {
  return {
    event_type: 'error',
    error_type: 'ValueError',
    error_message: `cannot read amount: '${amount}'`,
  };
}
