/** Telegram's own sample updates, as they stand in its webhook guide. */
import { readFileSync } from 'node:fs';

const FILE = new URL('../../../../packages/cli/samples/telegram-updates.ndjson', import.meta.url);

/** One JSON text each. */
export const SAMPLE_UPDATES: readonly string[] = readFileSync(FILE, 'utf8').trim().split('\n');
