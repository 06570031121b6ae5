/**
 * Round after round a bot crosses a line, and at one step of the way to its mail something is killed
 * or broken; in the end the reckoning.
 */

import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import { openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { secondsSince } from '../chaos/chaos-program.ts';
import { type AlertRecord, openAlertRecord } from './alert-record.ts';
import type { AlertSystem } from './alert-system.ts';
import { BotFleet } from './bot-fleet.ts';
import type { Round } from './plan-rounds.ts';
import { type Reckoning, reckon } from './reckoning.ts';
import { needsMail, RoundRunner, roundName } from './round-runner.ts';
import { readToldMail } from './told-mail.ts';

export interface AlertChaosOptions {
  readonly rounds: readonly Round[];
  readonly seed: number;
  /** Bots that fire all the time and are told of every minute; reminders come of them. */
  readonly remindedBots: number;
  /** Bots that recover by themselves, a minute before the end. */
  readonly recoveringBots: number;
}

export interface AlertChaosReport {
  readonly reckoning: Reckoning;
  /** Alerters ended with `kill -9`. */
  readonly kills: number;
  /** How many rounds had a kill at each step. */
  readonly killsAt: ReadonlyMap<string, number>;
  /** Kills that were to come at a step that was not reached in time, and came then. */
  readonly missedSteps: readonly string[];
  readonly otherFaults: ReadonlyMap<string, number>;
  /** One for each kill, of an alerter or the broker, each outage and each lost answer of the mail server. */
  readonly allowedRepeats: number;
  /** Last words of alerters that ended although nobody killed them. */
  readonly crashes: readonly string[];
  readonly seconds: number;
  /** From the end of the faults until everything was mailed. */
  readonly settlingSeconds: number;
}

export interface AlertChaosObserver {
  onPhase(what: string): void;
  onRound(): void;
}

/** A group's session, a broker's start, and a slow machine. */
const RECOVERY_TIMEOUT_MS = 120_000;
/** The longest pause between two attempts to mail, and a minute of clearness, several times. */
const SETTLING_TIMEOUT_MS = 300_000;

export function isClean({ reckoning, crashes, allowedRepeats }: AlertChaosReport): boolean {
  const { lost, doubled, repeatedMails, outOfOrder } = reckoning;
  const inexplicable = reckoning.repeatedAsOthers + reckoning.unexplainedRepeats;
  const wrong = lost + doubled + inexplicable + outOfOrder + crashes.length;
  const areFewRepeats = reckoning.mostRepeatsAtOnce <= 1 && repeatedMails <= allowedRepeats;
  return wrong === 0 && areFewRepeats;
}

/** @param system - started for this alone; the caller closes it */
export async function runAlertChaos(
  system: AlertSystem,
  options: AlertChaosOptions,
  observer: AlertChaosObserver,
): Promise<AlertChaosReport> {
  const log = await openLog(system.broker.address);
  try {
    const registry = await openBotRegistry(log, silentLogger);
    const record = await openAlertRecord(log);
    const run = new AlertChaosRun(system, new BotFleet(log, registry), record, options, observer);
    try {
      return await run.run();
    } finally {
      await record.close();
      await registry.close();
    }
  } finally {
    await log.close();
  }
}

class AlertChaosRun {
  readonly #system: AlertSystem;
  readonly #fleet: BotFleet;
  readonly #record: AlertRecord;
  readonly #options: AlertChaosOptions;
  readonly #observer: AlertChaosObserver;
  readonly #runner: RoundRunner;

  constructor(
    system: AlertSystem,
    fleet: BotFleet,
    record: AlertRecord,
    options: AlertChaosOptions,
    observer: AlertChaosObserver,
  ) {
    this.#system = system;
    this.#fleet = fleet;
    this.#record = record;
    this.#options = options;
    this.#observer = observer;
    this.#runner = new RoundRunner(system, fleet, record, options.seed);
  }

  async run(): Promise<AlertChaosReport> {
    const startedMs = performance.now();
    const left = [...this.#options.rounds];
    while (left.length > 0) {
      await this.#allReady();
      const round = await this.#nextOf(left);
      this.#observer.onPhase(roundName(round));
      // One in each round, so that their reminders are due at different times.
      const reminded = this.#fleet.open({ hasReminders: true });
      if (reminded.length < this.#options.remindedBots) {
        await this.#fleet.fire({ hasReminders: true });
      }
      await this.#runner.run(round);
      this.#observer.onRound();
    }
    const endedMs = performance.now();
    await this.#settle();
    const { alerters, smtp } = this.#system;
    const { kills, killsAt, missedSteps, otherFaults, mailServer } = this.#runner;
    const disruptionsMs = [...this.#runner.disruptionsMs, ...mailServer.answersLostMs];
    return {
      reckoning: reckon({
        stories: this.#fleet.stories,
        messages: this.#record.messages,
        mails: smtp.mails.map(readToldMail),
        unmailed: this.#record.unmailed(),
        disruptionsMs: disruptionsMs.toSorted((a, b) => a - b),
      }),
      kills,
      killsAt,
      missedSteps,
      otherFaults,
      allowedRepeats: disruptionsMs.length,
      crashes: alerters.flatMap(({ service }) => service.crashes),
      seconds: secondsSince(startedMs),
      settlingSeconds: secondsSince(endedMs),
    };
  }

  /** While the mail server is away, rounds that need it wait. */
  async #nextOf(rounds: Round[]): Promise<Round> {
    const possible = rounds.findIndex(
      (round) => !this.#runner.mailServer.isAway || !needsMail(round),
    );
    if (possible < 0) await this.#runner.mailServer.mended();
    const [round] = rounds.splice(Math.max(possible, 0), 1);
    if (!round) throw new RangeError('no round is left');
    return round;
  }

  async #allReady(): Promise<void> {
    for (const { service } of this.#system.alerters) {
      await until('the alerter to be started again', () => {
        service.startIfCrashed();
        return service.isRunning;
      });
      await service.ready(RECOVERY_TIMEOUT_MS);
    }
  }

  /** Everything is mended, every alert ends, and every mail goes out; what does not is lost. */
  async #settle(): Promise<void> {
    this.#observer.onPhase('everything is mended; waiting until all alerts are over and mailed');
    await this.#runner.mailServer.mended();
    await this.#allReady();
    const { stories } = this.#fleet;
    await this.#settled('all bots to fire', () =>
      stories.every(({ botId }) => this.#record.has(botId, 'firing')),
    );
    const open = [false, true].flatMap((hasReminders) => this.#fleet.open({ hasReminders }));
    for (const [index, story] of open.entries()) {
      if (index < this.#options.recoveringBots) await this.#fleet.recover(story);
      else await this.#fleet.switchOff(story);
    }
    await this.#settled('all alerts to be over and mailed', () => {
      const areOver = stories.every(({ botId }) => this.#record.has(botId, 'resolved'));
      return areOver && this.#record.unmailed().length === 0;
    });
  }

  /** The reckoning reports what is missing. */
  async #settled(what: string, isSettled: () => boolean): Promise<void> {
    await until(what, isSettled, SETTLING_TIMEOUT_MS).catch((error: unknown) =>
      this.#observer.onPhase(String(error)),
    );
  }
}

async function openLog(broker: string): Promise<EventLog> {
  return openEventLog(
    {
      kafka: { brokers: [broker], ssl: false, sasl: null },
      dataDir: '',
      retentionDays: 1,
      clientId: 'chaos',
    },
    silentLogger,
  );
}
