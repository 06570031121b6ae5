/**
 * Entry of the worker thread that owns every write of the embedded log, so that an fsync never
 * stops the event loop that answers HTTP. One request is one transaction; the main thread groups.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '@hookpulse/common/runtime/clock';
import { openWriterDatabase } from './database.ts';
import { startMaintenance } from './maintenance.ts';
import { TransactionWriter } from './transaction-writer.ts';
import type { WriterReply, WriterRequest, WriterSettings } from './writer-protocol.ts';

function run(settings: WriterSettings, reply: (message: WriterReply) => void): void {
  const database = openWriterDatabase(settings.directory);
  const writer = new TransactionWriter(database, systemClock);
  const maintenance = startMaintenance(database, settings, systemClock, (reason) =>
    reply({ kind: 'maintenance-failed', reason }),
  );

  parentPort?.on('message', (request: WriterRequest) => {
    switch (request.kind) {
      case 'transaction':
        try {
          reply({ kind: 'done', ...writer.execute(request) });
        } catch (error) {
          reply({ kind: 'failed', reason: String(error) });
        }
        break;
      case 'close':
        maintenance.stop();
        database.close();
        reply({ kind: 'closed' });
        parentPort?.close();
        break;
      default:
        request satisfies never;
    }
  });
  reply({ kind: 'ready' });
}

run(workerData, (message) => parentPort?.postMessage(message));
