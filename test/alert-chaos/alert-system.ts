/**
 * Two alerters as operators run them, a broker and a mail server: each alerter reaches both by ways
 * of its own, so that it is known who does what, and each way can be cut.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../kafka-broker/free-port.ts';
import { type LocalBroker, startLocalBroker } from '../kafka-broker/local-broker.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { startTestSmtpServer, type TestSmtpServer } from '../support/smtp-server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

export interface ChaosAlerter {
  readonly name: string;
  readonly service: ServiceProcess;
  /** Its way to the broker, and its way to the mail server. */
  readonly kafka: TcpProxy;
  readonly smtp: TcpProxy;
}

export interface AlertSystem {
  readonly broker: LocalBroker;
  readonly smtp: TestSmtpServer;
  readonly alerters: readonly ChaosAlerter[];
  close(): Promise<void>;
}

const ALERTERS = ['first', 'second'] as const;
/** A week: only bots that ask for reminders get them. */
const NO_REMINDERS_MINUTES = '10080';

/** Resolves when both alerters are ready. */
export async function startAlertSystem(): Promise<AlertSystem> {
  const closers: (() => Promise<unknown>)[] = [];
  const opened = <T>(resource: T, close: (resource: T) => Promise<unknown>): T => {
    closers.push(() => close(resource));
    return resource;
  };
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const proxy = async (port: number) =>
      opened(await startTcpProxy(`127.0.0.1:${port}`), (one) => one.close());
    const ways: { name: string; port: number; kafka: TcpProxy }[] = [];
    for (const name of ALERTERS) {
      const port = await freePort();
      ways.push({ name, port, kafka: await proxy(port) });
    }
    const broker = opened(
      await startLocalBroker({
        listeners: ways.map(({ name, port, kafka }) => ({
          name: name.toUpperCase(),
          protocol: 'PLAINTEXT',
          port,
          advertisedPort: kafka.port,
        })),
      }),
      (one) => one.close(),
    );
    const smtp = opened(await startTestSmtpServer(), (one) => one.close());
    const dataDir = opened(await mkdtemp(join(tmpdir(), 'hookpulse-alerts-')), (folder) =>
      rm(folder, { recursive: true, force: true }),
    );
    const alerters: ChaosAlerter[] = [];
    for (const { name, kafka } of ways) {
      const way = await proxy(smtp.port);
      const service = await ServiceProcess.create('alerter', {
        KAFKA_BROKERS: kafka.address,
        SMTP_URL: `smtp://${way.address}`,
        ADMIN_EMAIL: 'ops@example.com',
        WEBHOOK_ALERT_REPEAT_MINUTES: NO_REMINDERS_MINUTES,
        DATA_DIR: dataDir,
        LOG_LEVEL: 'warn',
      });
      service.start();
      alerters.push({
        name,
        service: opened(service, (one) => one.stop('SIGKILL')),
        kafka,
        smtp: way,
      });
    }
    await Promise.all(alerters.map(({ service }) => service.ready()));
    return { broker, smtp, alerters, close };
  } catch (error) {
    await close();
    throw error;
  }
}
