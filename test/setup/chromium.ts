/** The browser that tests of the dashboard run in: a Chromium of the system, driven by playwright-core. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type BrowserServer, chromium } from 'playwright-core';
import { installIfAllowed, installIfKnown, succeeds } from './programs.ts';

/** Chromium without windows: opening a page in it takes half as much computing. Debian has it as a package. */
const HEADLESS_SHELL = 'chromium-headless-shell';
/** As it is called on Debian, on others, and as Google's own. */
const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome'];
const PURPOSE = 'shows the dashboard to its tests';

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
  const executablePath = findBrowser();
  return chromium.launchServer({ executablePath, args: FLAGS, host: '127.0.0.1' });
}

/** `CHROMIUM_PATH` names it. Otherwise the headless shell, installed where that needs no asking, before others. */
function findBrowser(): string {
  const given = find([process.env.CHROMIUM_PATH ?? '', HEADLESS_SHELL]);
  if (given !== null) return given;
  installIfKnown(HEADLESS_SHELL, PURPOSE);
  const found = find([HEADLESS_SHELL, ...COMMANDS]);
  if (found !== null) return found;
  for (const name of [HEADLESS_SHELL, 'chromium']) {
    installIfAllowed([name], PURPOSE);
    const installed = find([name]);
    if (installed !== null) return installed;
  }
  throw new Error(
    `There is no Chromium: install it (Debian: apt-get install ${HEADLESS_SHELL}) or set CHROMIUM_PATH.`,
  );
}

function find(candidates: readonly string[]): string | null {
  const command = candidates.find((one) => one !== '' && succeeds(one, ['--version']));
  return command === undefined ? null : pathOf(command);
}

/** playwright-core wants a path, not a name to be looked up. */
function pathOf(command: string): string {
  if (command.includes('/')) return command;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = folders.map((folder) => join(folder, command));
  return paths.find((path) => existsSync(path)) ?? command;
}
