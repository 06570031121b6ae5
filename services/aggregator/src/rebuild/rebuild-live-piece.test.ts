/** Rows beyond the owner's position: another owner's, to be waited for, or nobody's. */
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { emptyWindow, snapshotWindow } from '@hookpulse/common/windows/window';
import { expect, test } from '@jest/globals';
import { PartitionFold } from '../domain/partition-fold.ts';
import { comparedWindow } from '../domain/window-values.ts';
import { type LivePartition, rebuildLivePiece } from './rebuild-live-piece.ts';
import type { RebuildStore } from './rebuild-store.ts';

const PIECE = { botIds: ['bot'], fromMs: 0, toMs: HOUR_MS };
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
    saveHours: async () => {},
    deleteUpTo: async (_kind, _owner, keys, upTo) => {
      for (const _key of keys) deleted.push(upTo);
    },
    deleteVersions: async (_kind, _owner, keys) => {
      deleted.push(...keys.map((key) => key.nextOffset));
    },
  };
  return { store, deleted };
}

function rebuild(store: RebuildStore) {
  const position = { partition: 0, epoch: 0, nextOffset: POSITION, last: null };
  const partition: LivePartition = {
    fold: new PartitionFold(position, 0),
    countedFrom: () => [],
    betweenBatches: async (work) => work(),
    flush: async () => {},
    endOffset: async () => END,
  };
  const persist = (work: () => Promise<void>) => work();
  const options = { store, isDryRun: false, persist, slicesFromMs: HOUR_MS };
  return rebuildLivePiece(PIECE, partition, options);
}

test('a row that the log can have led to is another owner’s: it is waited for', async () => {
  const { store, deleted } = storeWith(END);
  expect(await rebuild(store)).toEqual({ kind: 'behind', offset: END });
  expect(deleted).toEqual([]);
});

test('a row beyond the end of the log goes, and what it hid is looked at', async () => {
  const { store, deleted } = storeWith(END + 1n);
  expect(await rebuild(store)).toMatchObject({ kind: 'done', mustLookAgain: true });
  expect(deleted).toEqual([POSITION, END + 1n]);
});

test('a row without raw events goes in all versions that an owner may have written', async () => {
  const { store, deleted } = storeWith(POSITION - 1n);
  expect(await rebuild(store)).toMatchObject({ kind: 'done', mustLookAgain: false });
  expect(deleted).toEqual([POSITION]);
});
