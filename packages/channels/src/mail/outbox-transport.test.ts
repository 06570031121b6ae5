/** Mails as files: whole, private, and one file for one mail. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import type { Mail } from './mail.ts';
import { openMailTransport } from './open-mail-transport.ts';

const MAIL: Mail = {
  messageId: '<a1.1@hookpulse.example.com>',
  inReplyTo: '<a1.0@hookpulse.example.com>',
  to: ['Ops <ops@example.com>'],
  subject: '⚠️ High Webhook Error Rate: שלום',
  text: 'Bot "MyBot" has 15.0% error rate.\n\nTime: 2026-02-10 20:00:00',
  html: '<p>Bot</p>',
  headers: { 'X-Hookpulse-Transition': 'reminder' },
  dateMs: Date.parse('2026-02-10T20:00:00Z'),
};
const FILE = '20260210T200000.000Z-a1.1@hookpulse.example.com.eml';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'hookpulse-outbox-'));
  folder = join(parent, 'data', 'outbox');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const outbox = () =>
  openMailTransport({ smtpUrl: null, outboxDir: folder, from: 'hookpulse@localhost' });

test('a mail is one file that mail programs read', async () => {
  const transport = outbox();
  expect(transport.name).toBe('outbox');
  expect(await transport.send(MAIL)).toEqual({
    kind: 'accepted',
    detail: `written as ${FILE}`,
    taken: MAIL.to,
  });
  expect(await readdir(folder)).toEqual([FILE]);
  const parsed = await simpleParser(await readFile(join(folder, FILE)));
  expect(parsed).toMatchObject({
    messageId: MAIL.messageId,
    inReplyTo: MAIL.inReplyTo,
    references: MAIL.inReplyTo,
    subject: MAIL.subject,
    date: new Date(MAIL.dateMs),
    from: { text: 'hookpulse@localhost' },
    to: { text: '"Ops" <ops@example.com>' },
  });
  expect(parsed.text?.trim()).toBe(MAIL.text);
  expect(parsed.html).toContain(MAIL.html);
  expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
  expect(parsed.headers.get('x-hookpulse-transition')).toBe('reminder');
});

test('lines end as RFC 5322 has them', async () => {
  await outbox().send(MAIL);
  expect(await readFile(join(folder, FILE), 'latin1')).not.toMatch(/(^|[^\r])\n/);
});

test('only its owner may read it', async () => {
  await outbox().send(MAIL);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, FILE))).mode & 0o777).toBe(0o600);
});

test('the same mail written again replaces itself, another one does not', async () => {
  const transport = outbox();
  await transport.send(MAIL);
  await transport.send({ ...MAIL, text: 'again' });
  expect(await readdir(folder)).toEqual([FILE]);
  expect(await readFile(join(folder, FILE), 'utf8')).toContain('again');
  await transport.send({ ...MAIL, messageId: '<a1.2@hookpulse.example.com>' });
  expect(await readdir(folder)).toHaveLength(2);
});

test('what a killed process left half written is replaced', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `.${FILE}.tmp`), 'half');
  await outbox().send(MAIL);
  expect(await readdir(folder)).toEqual([FILE]);
});

test('no Message-ID leads out of the folder, and none is taken for another', async () => {
  const transport = outbox();
  const ids = ['<../../a@b>', '<.._.._a@b>', '<a/b@c>', '<a:b@c>', `<${'x'.repeat(400)}@c>`];
  for (const messageId of ids) {
    expect((await transport.send({ ...MAIL, messageId })).kind).toBe('accepted');
  }
  expect(await readdir(folder)).toHaveLength(ids.length);
  expect(await readdir(parent)).toEqual(['data']);
});

test('without receivers it is written all the same', async () => {
  expect((await outbox().send({ ...MAIL, to: [] })).kind).toBe('accepted');
  expect(await readFile(join(folder, FILE), 'utf8')).toMatch(/^To: "undisclosed-recipients":;\r$/m);
});

test('a folder that cannot be made is for later', async () => {
  await writeFile(join(parent, 'data'), 'a file with the name of the folder');
  const outcome = await outbox().send(MAIL);
  expect(outcome).toEqual({
    kind: 'later',
    detail: `the mail could not be written to ${folder} (ENOTDIR)`,
    leftTo: MAIL.to,
    taken: [],
  });
  await rm(join(parent, 'data'));
  expect((await outbox().send(MAIL)).kind).toBe('accepted');
});

test('a full disk is for later, and leaves nothing behind', async () => {
  // Linux's device on which every write finds the disk full.
  await mkdir(folder, { recursive: true });
  await symlink('/dev/full', join(folder, `.${FILE}.tmp`));
  expect(await outbox().send(MAIL)).toEqual({
    kind: 'later',
    detail: `the mail could not be written to ${folder} (ENOSPC)`,
    leftTo: MAIL.to,
    taken: [],
  });
  expect(await readdir(folder)).toEqual([]);
});

test('the probe leaves nothing behind, and fails where no mail could be written', async () => {
  const { probe } = outbox();
  await probe?.();
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
  await writeFile(folder, 'a file where the folder should be');
  await expect(probe?.()).rejects.toMatchObject({ code: 'EEXIST' });
});
