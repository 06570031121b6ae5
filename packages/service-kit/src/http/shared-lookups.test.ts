import type { LookupAddress } from 'node:dns';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { SharedLookups } from './shared-lookups.ts';

const OPTIONS = { all: true } as const;
const FOUND: LookupAddress[] = [{ address: '203.0.113.7', family: 4 }];
const NOT_FOUND = Object.assign(new Error('not found'), { code: 'ENOTFOUND' });

/** Name servers that answer when the test says so. */
class ManualNames {
  nowMs = 0;
  readonly asked: { readonly name: string; readonly answer: (isFound?: boolean) => void }[] = [];
  readonly lookups = new SharedLookups(
    (name, _, callback) => {
      this.asked.push({
        name,
        answer: (isFound = true) => (isFound ? callback(null, FOUND) : callback(NOT_FOUND, [])),
      });
    },
    () => this.nowMs,
  );
  /** The caller, and the first address or the error that it got. */
  readonly answers: string[] = [];

  ask(name: string, caller = name): void {
    this.lookups.lookup(name, OPTIONS, (error, [first]) => {
      this.answers.push(`${caller}: ${error?.code ?? first?.address}`);
    });
  }

  /** Asked and not answered yet, in order. */
  get waiting(): readonly string[] {
    return this.asked.map(({ name }) => name);
  }

  /** Answers the oldest question about the name. */
  answer(name: string, { afterMs = 0, isFound = true } = {}): void {
    const index = this.asked.findIndex((one) => one.name === name);
    const [one] = index === -1 ? [] : this.asked.splice(index, 1);
    if (!one) throw new Error(`nobody asked for ${name}`);
    this.nowMs += afterMs;
    one.answer(isFound);
  }
}

describe('look-ups', () => {
  let names: ManualNames;

  beforeEach(() => {
    names = new ManualNames();
  });

  function makeSlow(...all: readonly string[]): void {
    for (const name of all) {
      names.ask(name);
      names.answer(name, { afterMs: 5_000, isFound: false });
    }
    names.answers.length = 0;
  }

  test('of one name are shared while one is under way, and no longer', () => {
    names.ask('bot.example.com', 'first');
    names.ask('Bot.example.com', 'second');
    expect(names.waiting).toEqual(['bot.example.com']);
    names.answer('bot.example.com');
    expect(names.answers).toEqual(['first: 203.0.113.7', 'second: 203.0.113.7']);
    names.ask('bot.example.com', 'third');
    expect(names.waiting).toEqual(['bot.example.com']);
  });

  test('with other options are made apart', () => {
    const { lookup } = names.lookups;
    lookup('bot.example.com', { ...OPTIONS, family: 4 }, () => undefined);
    lookup('bot.example.com', { ...OPTIONS, family: 6 }, () => undefined);
    expect(names.waiting).toHaveLength(2);
  });

  test('of names that were slow take one place together, and others none of it', () => {
    makeSlow('dead.example.com', 'dead.example.org');
    names.ask('dead.example.com');
    names.ask('dead.example.org');
    names.ask('good.example.com');
    expect(names.waiting).toEqual(['dead.example.com', 'good.example.com']);
    names.answer('good.example.com');
    expect(names.answers).toEqual(['good.example.com: 203.0.113.7']);
    names.answer('dead.example.com', { afterMs: 20_000, isFound: false });
    expect(names.waiting).toEqual(['dead.example.org']);
    names.answer('dead.example.org', { isFound: false });
    expect(names.answers.slice(1)).toEqual([
      'dead.example.com: ENOTFOUND',
      'dead.example.org: ENOTFOUND',
    ]);
  });

  test('that wait for their turn are shared, too', () => {
    makeSlow('dead.example.com', 'dead.example.org');
    names.ask('dead.example.com');
    names.ask('dead.example.org', 'first');
    names.ask('dead.example.org', 'second');
    names.answer('dead.example.com');
    names.answer('dead.example.org');
    expect(names.answers.slice(1)).toEqual(['first: 203.0.113.7', 'second: 203.0.113.7']);
    expect(names.waiting).toEqual([]);
  });

  test('of a name that resolves in good time again wait for none', () => {
    makeSlow('dead.example.com', 'back.example.com');
    names.ask('back.example.com');
    names.answer('back.example.com');
    names.ask('dead.example.com');
    names.ask('back.example.com');
    expect(names.waiting).toEqual(['dead.example.com', 'back.example.com']);
  });

  test('that fail at once neither make a name slow nor show that it is back', () => {
    makeSlow('dead.example.com', 'dead.example.org');
    for (const name of ['dead.example.org', 'missing.example.com']) {
      names.ask(name);
      names.answer(name, { isFound: false });
    }
    names.ask('dead.example.com');
    names.ask('dead.example.org');
    names.ask('missing.example.com');
    expect(names.waiting).toEqual(['dead.example.com', 'missing.example.com']);
  });

  test('that are slow and find the name make it slow, too', () => {
    makeSlow('dead.example.com');
    names.ask('slow.example.com');
    names.answer('slow.example.com', { afterMs: 1_001 });
    names.ask('dead.example.com');
    names.ask('slow.example.com');
    expect(names.waiting).toEqual(['dead.example.com']);
  });

  test('remember a bounded number of slow names', () => {
    makeSlow('first.example.com', ...Array.from({ length: 10_000 }, (_, index) => `bot-${index}`));
    names.ask('bot-0');
    names.ask('bot-1');
    names.ask('first.example.com');
    expect(names.waiting).toEqual(['bot-0', 'first.example.com']);
  });
});
