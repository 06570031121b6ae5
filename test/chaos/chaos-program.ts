/** What the chaos programs share: their options' numbers, their messages, and how they stop and end. */
import { styleText } from 'node:util';
import type { Audit } from './audit.ts';

/** Exits (1) where it is none. */
export function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`--${name} must be a whole number, not ${JSON.stringify(text)}`);
  process.exit(1);
}

export function say(what: string): void {
  console.error(styleText('dim', `\n${what}`, { stream: process.stderr }));
}

/** Leaves nothing behind when it is interrupted. */
export function closeOnSignals(close: () => Promise<unknown>): void {
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      say('stopping');
      void close().finally(() => process.exit(exitCode));
    });
  }
}

/** To a tenth. @param startMs - of `performance.now()` */
export function secondsSince(startMs: number): number {
  return Math.round((performance.now() - startMs) / 100) / 10;
}

export function tallied(tally: ReadonlyMap<string | number, number>): string {
  return [...tally].map(([name, number]) => `${name} ${number}`).join(', ') || 'none';
}

/** What an audit counted where, for the last line. @param others - to be told with it */
export function countedIn(audit: Audit, others: Readonly<Record<string, number>> = {}): string {
  return Object.entries({
    acknowledged: audit.acknowledged,
    'raw events': audit.rawRows,
    'in hourly rows': audit.hourlyEvents,
    'in health answers': audit.healthEvents,
    ...others,
  })
    .map(([name, number]) => `${number.toLocaleString('en')} ${name}`)
    .join(', ');
}

/** Prints what was found and the last line, and sets the exit code. */
export function endWith(isOk: boolean, findings: readonly string[], lastLine: string): void {
  for (const finding of findings) console.error(finding);
  console.log(styleText(isOk ? 'green' : 'red', lastLine, { stream: process.stdout }));
  process.exitCode = isOk ? 0 : 1;
}
