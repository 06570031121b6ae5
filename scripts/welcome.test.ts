import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { welcome } from './welcome.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookpulse-welcome-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["o'brien", 'two  words', '$HOME `date`', '"quoted"', 'back\\slash', "'"])(
  'the commands to copy work with a data folder called %s',
  (name) => {
    const dataDir = join(folder, name);
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'admin-token'), 'the-admin-token\n');
    const url = 'http://127.0.0.1:1';
    const text = welcome({
      urls: { ingest: url, queryApi: url, aggregator: url, alerter: url, forwarder: url },
      admin: { kind: 'file', token: 'the-admin-token', isNew: false },
      dataDir,
      hasBots: false,
      demoBot: null,
    });
    const [command = ''] = /^curl [\s\S]*?\/api\/bots$/m.exec(text) ?? [];
    // Each of its words on a line of its own.
    const script = `curl() { printf '%s\\n' "$@"; }; ${command}`;
    const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n');
    expect(words).toContain('Authorization: Bearer the-admin-token');
    expect(words).toContain(`${url}/api/bots`);
  },
);

test('the command that adopts the demo bot asks the Hookpulse that printed it', () => {
  const tokenFile = join(folder, 'demo-bot-token');
  writeFileSync(tokenFile, '1:token\n');
  const url = 'http://127.0.0.1:9001';
  const text = welcome({
    urls: { ingest: '', queryApi: url, aggregator: '', alerter: '', forwarder: '' },
    admin: { kind: 'file', token: 'the-admin-token', isNew: false },
    dataDir: folder,
    hasBots: false,
    demoBot: { username: 'my_bot', tokenFile },
  });
  const [command = ''] = /^.* npx hookpulse adopt .*$/m.exec(text) ?? [];
  const script = `npx() { echo "$DATA_DIR $TELEGRAM_BOT_TOKEN $*"; }; ${command}`;
  const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
  expect(said).toBe(`${folder} 1:token hookpulse adopt --url ${url}\n`);
});
