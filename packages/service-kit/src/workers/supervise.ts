/**
 * A service as several processes on one port, by `node:cluster`. This process only supervises: it accepts
 * connections and hands each to the next worker, starts workers, starts again those that end, and adds
 * their metrics up. As the port is its own, no worker that is left over can hold it.
 */
import cluster, { type Worker } from 'node:cluster';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { Counter, Gauge, type Registry } from 'prom-client';
import { createServiceMetrics } from '../metrics/metrics.ts';
import { type Closable, isExitSignal, type Stop } from '../process/lifecycle.ts';
import { type WorkerExit, WorkerPlan, type WorkerStart } from './worker-plan.ts';
import {
  type FromSupervisor,
  type FromWorker,
  LEADS_VARIABLE,
  NUMBER_VARIABLE,
} from './worker-protocol.ts';
import { WorkersPage } from './workers-page.ts';

export interface SupervisedService {
  /** As metrics name it. */
  readonly name: string;
  /** Above 1. */
  readonly count: number;
  readonly logger: Logger;
  readonly stop: Stop;
}

/** Closing it stops all workers, and resolves when none is left. */
export function supervise({ name, count, logger, stop }: SupervisedService): Closable {
  const plan = new WorkerPlan(count);
  const running = new Map<number, Worker>();
  const service = createServiceMetrics(name);
  const shown = supervisorMetrics(service.registry);
  service.page.addSource('workers', {
    read: () => plan.readyCount,
    show: (ready) => shown.readyWorkers.set(ready),
    clear: () => undefined,
  });
  const page = new WorkersPage(service.page, running, (worker) =>
    tell(worker, { kind: 'part wanted' }),
  );
  const pauses = new Set<NodeJS.Timeout>();
  const allEnded = Promise.withResolvers<void>();
  let isStopping = false;

  // Workers that accept by themselves get most connections of the kernel in turn, and hold the port.
  cluster.schedulingPolicy = cluster.SCHED_RR;
  // JSON would make null of the NaN and infinity that metrics may have.
  cluster.setupPrimary({ serialization: 'advanced' });
  // Whatever ends this process in order leaves no worker behind.
  process.on('exit', () => {
    for (const worker of running.values()) worker.process.kill('SIGKILL');
  });
  startDue();

  return {
    async close() {
      isStopping = true;
      for (const pause of pauses) clearTimeout(pause);
      if (running.size === 0) return;
      for (const worker of running.values()) worker.process.kill('SIGTERM');
      await allEnded.promise;
    },
  };

  function startDue(): void {
    for (const start of plan.takeStarts()) startWorker(start);
  }

  function goOn(): void {
    if (!isStopping) startDue();
    const worker = running.get(plan.relieved ?? 0);
    if (worker) tell(worker, { kind: 'relieved' });
  }

  function startWorker({ number, leads }: WorkerStart): void {
    const worker = cluster.fork({ [NUMBER_VARIABLE]: number, [LEADS_VARIABLE]: leads });
    running.set(number, worker);
    worker.on('message', (message: FromWorker) => hear(number, worker, message));
    worker.on('exit', (code: number | null, signal: NodeJS.Signals | null) => {
      const exit = { code, signal };
      // What it said last may still be on its way.
      if (worker.isConnected()) worker.once('disconnect', () => onEnd(number, worker, exit));
      else onEnd(number, worker, exit);
    });
    worker.on('error', (error) => {
      logger.error({ err: error, worker: number }, 'worker cannot be reached');
      if (worker.process.pid === undefined) onEnd(number, worker, { code: null, signal: null });
    });
  }

  function hear(number: number, worker: Worker, message: FromWorker): void {
    switch (message.kind) {
      case 'prepared':
        plan.prepared(number);
        goOn();
        return;
      case 'ready':
        plan.ready(number, performance.now());
        goOn();
        return;
      case 'part':
        page.take(number, message.part);
        return;
      case 'page wanted':
        page.text().then(
          (text) => tell(worker, { kind: 'page', id: message.id, text }),
          // The worker answers 503 by its own limit.
          (error: unknown) => logger.error({ err: error }, 'metrics could not be added up'),
        );
        return;
      default:
        message satisfies never;
    }
  }

  function onEnd(number: number, worker: Worker, exit: WorkerExit): void {
    if (running.get(number) !== worker) return;
    running.delete(number);
    page.end(number);
    const about = { worker: number, workerPid: worker.process.pid, ...exit };
    if (isStopping) {
      // Without a handler yet it ends by the signal, also by that of a terminal.
      if (exit.code !== 0 && !isExitSignal(exit.signal)) {
        logger.error(about, 'worker did not stop in order');
        stop('a worker failed', 1);
      }
      if (running.size === 0) allEnded.resolve();
      return;
    }
    shown.workerExits.inc();
    const verdict = plan.ended(number, exit, performance.now());
    if (verdict.kind === 'give up') {
      logger.fatal(about, 'worker ended, and no other is ready: giving up');
      stop('no worker can be started', 1);
      return;
    }
    const { pauseMs } = verdict;
    logger[exit.code === 0 ? 'info' : 'error'](
      { ...about, pauseMs },
      'worker ended, starting again',
    );
    const pause = setTimeout(() => {
      pauses.delete(pause);
      plan.rested(number);
      startDue();
    }, pauseMs);
    pauses.add(pause);
    // Those that wait for a worker to be ready may have to lead now.
    startDue();
  }
}

/** Metrics of the supervisor itself. */
export function supervisorMetrics(registry: Registry) {
  const registers = [registry];
  return {
    readyWorkers: new Gauge({
      name: 'hookpulse_ready_workers',
      help: 'Worker processes that do their work. Only with INGEST_WORKERS above 1.',
      registers,
    }),
    workerExits: new Counter({
      name: 'hookpulse_worker_exits_total',
      help: 'Worker processes that ended though the service was not stopped. Only with INGEST_WORKERS above 1.',
      registers,
    }),
  };
}

function tell(worker: Worker, message: FromSupervisor): void {
  // Its end is heard of by itself.
  if (worker.isConnected()) worker.send(message, () => undefined);
}
