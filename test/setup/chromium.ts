/** The browser that tests of the dashboard run in: the system's Chromium, driven by playwright-core. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type BrowserServer, chromium } from 'playwright-core';
import { installIfAllowed, succeeds } from './programs.ts';

/** As it is called on Debian, on others, and as Google's own. */
const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome'];

/** It runs as root in containers; it draws without a graphics card; it asks nobody but the tests' servers. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Tests connect to it by its `wsEndpoint()`. @throws Error that says what is missing */
export async function startTestBrowser(): Promise<BrowserServer> {
  const executablePath = findChromium() ?? installChromium();
  return chromium.launchServer({ executablePath, args: FLAGS, host: '127.0.0.1' });
}

/** Where Chromium is; null: it was not found. `CHROMIUM_PATH` names it. */
export function findChromium(): string | null {
  const candidates = [process.env.CHROMIUM_PATH ?? '', ...COMMANDS];
  const command = candidates.find((one) => one !== '' && succeeds(one, ['--version']));
  return command === undefined ? null : pathOf(command);
}

function installChromium(): string {
  installIfAllowed(['chromium'], 'shows the dashboard to its tests');
  const path = findChromium();
  if (path) return path;
  throw new Error(
    `There is no Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.`,
  );
}

/** playwright-core wants a path, not a name to be looked up. */
function pathOf(command: string): string {
  if (command.includes('/')) return command;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = folders.map((folder) => join(folder, command));
  return paths.find((path) => existsSync(path)) ?? command;
}
