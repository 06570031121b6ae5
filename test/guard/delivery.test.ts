/** What a delivery costs, without a clock: each bound, and that a deliberate regression breaks it. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { MicroBatcher } from '@hookpulse/event-log/micro-batcher';
import { openWriterDatabase } from '@hookpulse/event-log/sqlite/database';
import { TransactionWriter } from '@hookpulse/event-log/sqlite/transaction-writer';
import { TOPIC_SPECS, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { openIngest } from '@hookpulse/ingest/testing/ingest-fixture';
import { describe, expect, jest, test } from '@jest/globals';
import { describeUnless } from '../setup/requirements.ts';
import { type Counts, overBounds } from './bounds.ts';
import { CountedLog, countStatements } from './counted.ts';
import { bodyOf, bytesOf, deliver } from './deliveries.ts';
import { heapBytesPerDelivery, systemCallsPerDelivery } from './measure-delivery.ts';
import { oneByOne, type Publisher, parsingAgain } from './worsened.ts';

const BATCH = 200;

describe('on the log', () => {
  async function countsOf(batchedTo: (log: Publisher) => Publisher): Promise<Counts> {
    const log = new CountedLog();
    const ingest = await openIngest({ publisher: batchedTo(log) });
    try {
      await deliver(ingest.app, BATCH);
    } finally {
      await ingest.close();
    }
    const bytes = log.messages.reduce((sum, message) => sum + bytesOf(message), 0);
    return {
      'messages on the log per delivery': log.messages.length / BATCH,
      'bytes on the log per delivery beyond its body': bytes / BATCH - Buffer.byteLength(bodyOf(0)),
      'publishes per batch': log.publishes,
    };
  }

  test('a delivery is two messages, and a batch few publishes', async () => {
    expect(overBounds(await countsOf((log) => new MicroBatcher(log)))).toEqual([]);
  });

  test.each([
    [
      'values written with spaces',
      (log: Publisher) => new MicroBatcher(parsingAgain(log)),
      'bytes',
    ],
    ['no batches', (log: Publisher) => log, 'publishes'],
    [
      'batches sent message by message',
      (log: Publisher) => new MicroBatcher(oneByOne(log)),
      'publishes',
    ],
  ])('notices %s', async (_, batchedTo, broken) => {
    expect(overBounds(await countsOf(batchedTo))).toEqual([expect.stringMatching(`^${broken} `)]);
  });
});

describe('on the embedded log', () => {
  async function transactionsOf(batchedTo?: (log: Publisher) => Publisher): Promise<Counts> {
    const posted = jest.spyOn(Worker.prototype, 'postMessage');
    const ingest = await openIngest();
    const other = batchedTo && (await openIngest({ publisher: batchedTo(ingest.log) }));
    try {
      posted.mockClear();
      await deliver((other ?? ingest).app, BATCH);
      return { 'SQLite transactions per batch': posted.mock.calls.length };
    } finally {
      posted.mockRestore();
      await other?.close();
      await ingest.close();
    }
  }

  test('a batch is few transactions', async () => {
    expect(overBounds(await transactionsOf())).toEqual([]);
  });

  test('notices a transaction a message', async () => {
    const counts = await transactionsOf((log) => new MicroBatcher(oneByOne(log)));
    expect(overBounds(counts)).toHaveLength(1);
  });

  /** @param perTransaction - messages */
  async function statementsOf(perTransaction: number): Promise<Counts> {
    const directory = await mkdtemp(join(tmpdir(), 'hookpulse-guard-'));
    const { database, counts } = countStatements(openWriterDatabase(directory));
    try {
      const writer = new TransactionWriter(database, { now: () => 0 });
      const specs = TOPIC_SPECS.filter(({ name }) => name === UPDATES_TOPIC);
      writer.execute({
        kind: 'transaction',
        frame: null,
        operations: [{ kind: 'create-topics', specs }],
      });
      counts.statements = 0;
      const column = <Value>(value: Value) => Array<Value>(perTransaction).fill(value);
      for (let sent = 0; sent < BATCH; sent += perTransaction) {
        const frame = {
          partitionIds: column(1),
          keys: column('alpha'),
          headers: column(null),
          valueLengths: column(1),
          values: new ArrayBuffer(perTransaction),
        };
        writer.execute({ kind: 'transaction', frame, operations: [] });
      }
      return { 'SQLite statements per message': counts.statements / BATCH };
    } finally {
      database.close();
      await rm(directory, { recursive: true });
    }
  }

  test('a message is a statement, beside few for its transaction', async () => {
    expect(overBounds(await statementsOf(100))).toEqual([]);
  });

  test('notices statements that are repeated for every message', async () => {
    expect(overBounds(await statementsOf(1))).toHaveLength(1);
  });
});

describe('in the process', () => {
  test('a delivery allocates little', async () => {
    expect(overBounds({ 'heap bytes per delivery': await heapBytesPerDelivery() })).toEqual([]);
  });

  test('notices values that are parsed again', async () => {
    const counts = { 'heap bytes per delivery': await heapBytesPerDelivery('worse') };
    expect(overBounds(counts)).toHaveLength(1);
  });
});

const noCounter = existsSync('/proc/self/io')
  ? null
  : 'only Linux counts system calls of a process';
describeUnless(noCounter, 'of the system', () => {
  test.each(['memory', 'embedded'] as const)('a delivery asks little, log %s', async (log) => {
    const name = log === 'memory' ? ', log in memory' : ', embedded log';
    const count = await systemCallsPerDelivery(log);
    expect(overBounds({ [`system calls per delivery${name}`]: count })).toEqual([]);
  });

  test('notices a write for every message', async () => {
    const count = await systemCallsPerDelivery('memory', 'worse');
    expect(overBounds({ 'system calls per delivery, log in memory': count })).toHaveLength(1);
  });
});
