/** Rows beyond the owner's position: another owner's, to be waited for, or nobody's. */
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { emptyWindow, snapshotWindow } from '@hookpulse/common/windows/window';
import { expect, test } from '@jest/globals';
import { PartitionFold } from '../domain/partition-fold.ts';
import { comparedWindow } from '../domain/window-values.ts';
import { BehindError } from './patience.ts';
import { type OwnedPartition, PieceOutcome, rebuildPiece } from './rebuild-piece.ts';
import type { RebuildStore } from './rebuild-store.ts';

const PIECE = { botIds: ['bot'], fromMs: 0, toMs: HOUR_MS, epoch: 0 };
const POSITION = 10n;
const END = 20n;

/** A store with one hourly row at this version, and no raw events; notes what is deleted. */
function storeWith(nextOffset: bigint) {
  const deleted: bigint[] = [];
  const row = {
    botId: 'bot',
    startMs: 0,
    nextOffset,
    compared: comparedWindow(snapshotWindow(emptyWindow())),
  };
  const store: RebuildStore = {
    loadBotHours: async () => [],
    async *readRawEvents() {},
    loadStoredWindows: async (kind) => (kind === 'hours' ? [row] : []),
    saveWindows: async () => {},
    deleteUpTo: async (_kind, _owner, keys, upTo) => {
      for (const _key of keys) deleted.push(upTo);
    },
    deleteVersions: async (_kind, _owner, keys) => {
      deleted.push(...keys.map((key) => key.nextOffset));
    },
  };
  return { store, deleted };
}

/** @returns whether to look again */
function rebuild(store: RebuildStore, isDryRun = false): Promise<boolean> {
  const position = { partition: 0, epoch: 0, nextOffset: POSITION, last: null };
  const partition: OwnedPartition = {
    fold: new PartitionFold(position, 0),
    flush: async () => {},
    whilePaused: (work) => work(),
    assertOwned: () => {},
    endOffset: async () => END,
  };
  const options = { store, isDryRun, slicesFromMs: HOUR_MS };
  return rebuildPiece(PIECE, partition, options, new PieceOutcome());
}

test('a row that the log can have led to is another owner’s: it is waited for', async () => {
  const { store, deleted } = storeWith(END);
  await expect(rebuild(store)).rejects.toBeInstanceOf(BehindError);
  expect(deleted).toEqual([]);
});

test('a row beyond the end of the log goes, and what it hid is looked at', async () => {
  const { store, deleted } = storeWith(END + 1n);
  expect(await rebuild(store)).toBe(true);
  expect(deleted).toEqual([POSITION, END + 1n]);
});

test('a dry run deletes nothing, and does not look again', async () => {
  const { store, deleted } = storeWith(END + 1n);
  expect(await rebuild(store, true)).toBe(false);
  expect(deleted).toEqual([]);
});

test('a row without raw events goes in all versions that an owner may have written', async () => {
  const { store, deleted } = storeWith(POSITION - 1n);
  expect(await rebuild(store)).toBe(false);
  expect(deleted).toEqual([POSITION]);
});
