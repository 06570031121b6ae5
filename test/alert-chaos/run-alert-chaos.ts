/**
 * Round after round a bot crosses a line, and at one step of the way to its mail something is killed
 * or broken; in the end the reckoning.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TransitionName } from '@hookpulse/common/domain/alerts/alert';
import type { EventLog } from '@hookpulse/common/log/event-log';
import { openEventLog } from '@hookpulse/common/log/open-event-log';
import { openBotRegistry } from '@hookpulse/common/registry/bot-registry';
import { createLogger } from '@hookpulse/common/runtime/logger';
import { until } from '@hookpulse/common/testing/until';
import { Random } from '../chaos/random.ts';
import { isKafkaProduce } from '../support/tcp-proxy.ts';
import { type AlertRecord, openAlertRecord } from './alert-record.ts';
import type { AlertSystem, ChaosAlerter } from './alert-system.ts';
import { BotFleet } from './bot-fleet.ts';
import { armStep, needsMailServer, stepName } from './kill-steps.ts';
import { MailServerFaults } from './mail-server-faults.ts';
import type { Round } from './plan-rounds.ts';
import { type Reckoning, reckon } from './reckoning.ts';
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

/** From a kill to the next start: at once, or as late as a supervisor that backs off. */
const LONGEST_ABSENCE_MS = 2_000;
const REMINDED_AFTER_MS = 60_000;
/** A transition comes within seconds of its cause; a reminder when it is due. */
const STEP_PATIENCE_MS = 25_000;
/** A group's session, a broker's start, and a slow machine. */
const RECOVERY_TIMEOUT_MS = 120_000;
/** The longest pause between two attempts to mail, and a minute of clearness, several times. */
const SETTLING_TIMEOUT_MS = 300_000;

export function isClean({ reckoning, crashes, allowedRepeats }: AlertChaosReport): boolean {
  const { lost, doubled, repeatedMails, outOfOrder } = reckoning;
  const inexplicable = reckoning.repeatedAsOthers + reckoning.unexplainedRepeats;
  const wrong = lost + doubled + inexplicable + outOfOrder + crashes.length;
  return wrong === 0 && repeatedMails <= allowedRepeats;
}

/** @param system - started for this alone; the caller closes it */
export async function runAlertChaos(
  system: AlertSystem,
  options: AlertChaosOptions,
  observer: AlertChaosObserver,
): Promise<AlertChaosReport> {
  const log = await openLog(system.broker.address);
  try {
    const registry = await openBotRegistry(log, createLogger('chaos', 'silent'));
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
  readonly #mailServer: MailServerFaults;
  readonly #random: Random;
  readonly #killsAt = new Map<string, number>();
  readonly #missedSteps: string[] = [];
  readonly #otherFaults = new Map<string, number>();
  /** When something was ended that may have been in the middle of a mail. */
  readonly #disruptionsMs: number[] = [];
  #kills = 0;

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
    this.#mailServer = new MailServerFaults(system.smtp);
    this.#random = new Random(options.seed);
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
      await this.#runRound(round);
      this.#observer.onRound();
    }
    const endedMs = performance.now();
    await this.#settle();
    const { alerters, smtp } = this.#system;
    const otherFaults = this.#otherFaults;
    const disruptionsMs = [...this.#disruptionsMs, ...this.#mailServer.answersLostMs];
    return {
      reckoning: reckon({
        stories: this.#fleet.stories,
        messages: this.#record.messages,
        mails: smtp.mails.map(readToldMail),
        unmailed: this.#record.unmailed(),
        disruptionsMs: disruptionsMs.toSorted((a, b) => a - b),
      }),
      kills: this.#kills,
      killsAt: this.#killsAt,
      missedSteps: this.#missedSteps,
      otherFaults,
      allowedRepeats: disruptionsMs.length,
      crashes: alerters.flatMap(({ service }) => service.crashes),
      seconds: secondsSince(startedMs),
      settlingSeconds: secondsSince(endedMs),
    };
  }

  /** While the mail server is away, rounds that need it wait. */
  async #nextOf(rounds: Round[]): Promise<Round> {
    const possible = rounds.findIndex((round) => !this.#mailServer.isAway || !needsMail(round));
    if (possible < 0) await this.#mailServer.mended();
    const [round] = rounds.splice(Math.max(possible, 0), 1);
    if (!round) throw new RangeError('no round is left');
    return round;
  }

  async #runRound(round: Round): Promise<void> {
    switch (round.kind) {
      case 'kill':
        return this.#killAt(round);
      case 'mail server':
        count(this.#otherFaults, round.how);
        this.#mailServer.misbehave(round.how, round.times);
        return this.#cause('firing', () => undefined);
      case 'mail server away':
        count(this.#otherFaults, round.kind);
        await this.#cause('firing', () => undefined);
        this.#disruptionsMs.push(Date.now());
        this.#mailServer.goAway(round.ms);
        return this.#cause('firing', () => undefined);
      case 'broker killed':
        count(this.#otherFaults, round.kind);
        await this.#cause('firing', () => undefined);
        await delay(this.#random.integer(0, LONGEST_ABSENCE_MS));
        this.#disruptionsMs.push(Date.now());
        await this.#system.broker.kill();
        await delay(round.absenceMs);
        await this.#system.broker.restart();
        return this.#cause('firing', () => undefined);
      case 'acknowledgement lost': {
        count(this.#otherFaults, round.kind);
        const cut = this.#system.alerters.map(({ kafka }) => kafka.cutNextResponse(isKafkaProduce));
        await this.#cause('firing', () => undefined);
        await Promise.race([...cut, delay(STEP_PATIENCE_MS)]);
        return;
      }
      default:
        round satisfies never;
    }
  }

  async #killAt(round: Extract<Round, { kind: 'kill' }>): Promise<void> {
    const { step } = round;
    const transition = this.#possible(round.transition);
    const victims = this.#victims(round.victims);
    let botIds: readonly string[] = [];
    const armed = armStep(step, { transition, botIds: () => botIds }, victims, {
      system: this.#system,
      mailServer: this.#mailServer,
    });
    await this.#cause(transition, (ids) => {
      botIds = ids;
    });
    armed.begin();
    const atStep = await Promise.race([
      armed.reached,
      delay(STEP_PATIENCE_MS, null, { ref: false }),
    ]);
    const name = stepName(step);
    if (atStep === null) this.#missedSteps.push(`${name} (${transition})`);
    else count(this.#killsAt, name);
    const restarted = (atStep ?? victims).map((alerter) => this.#killAndRestart(alerter));
    armed.done();
    await Promise.all(restarted);
  }

  /** What can happen now: before anything else, bots have to fire. */
  #possible(wanted: TransitionName): TransitionName {
    const isOpen = (hasReminders: boolean, sinceMs: number) =>
      this.#fleet.open({ hasReminders }).some(({ firedMs }) => firedMs <= sinceMs);
    const nowMs = Date.now();
    switch (wanted) {
      case 'firing':
        return wanted;
      case 'resolved':
        return isOpen(false, nowMs) ? wanted : 'firing';
      case 'reminder':
        return isOpen(true, nowMs - REMINDED_AFTER_MS) ? wanted : 'firing';
      default:
        return wanted satisfies never;
    }
  }

  /** What is to happen is on the log when it resolves; who it happens to is told before. */
  async #cause(
    transition: TransitionName,
    tell: (botIds: readonly string[]) => void,
  ): Promise<void> {
    // Reminders are due all the time.
    if (transition === 'reminder') return;
    const [ending] = this.#fleet.open({ hasReminders: false });
    if (transition === 'resolved' && ending) {
      tell([ending.botId]);
      await this.#fleet.switchOff(ending);
      return;
    }
    tell([this.#fleet.nextBotId]);
    await this.#fleet.fire({ hasReminders: false });
  }

  async #killAndRestart({ service }: ChaosAlerter): Promise<void> {
    this.#kills += 1;
    this.#disruptionsMs.push(Date.now());
    await service.stop('SIGKILL');
    await delay(this.#random.integer(0, LONGEST_ABSENCE_MS));
    service.start();
  }

  #victims(which: 'first' | 'second' | 'both'): readonly ChaosAlerter[] {
    const { alerters } = this.#system;
    return which === 'both' ? alerters : alerters.filter(({ name }) => name === which);
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
    await this.#mailServer.mended();
    await this.#allReady();
    const open = [false, true].flatMap((hasReminders) => this.#fleet.open({ hasReminders }));
    for (const [index, story] of open.entries()) {
      if (index < this.#options.recoveringBots) await this.#fleet.recover(story);
      else await this.#fleet.switchOff(story);
    }
    const { stories } = this.#fleet;
    await until(
      'all alerts to be over and mailed',
      () => {
        const over = new Set(
          this.#record.messages
            .filter(({ transition }) => transition === 'resolved')
            .map(({ bot_id }) => bot_id),
        );
        return (
          stories.every(({ botId }) => over.has(botId)) && this.#record.unmailed().length === 0
        );
      },
      SETTLING_TIMEOUT_MS,
      // What is missing is told by the reckoning.
    ).catch((error: unknown) => this.#observer.onPhase(String(error)));
  }
}

function needsMail(round: Round): boolean {
  if (round.kind === 'kill') return needsMailServer(round.step);
  return round.kind === 'mail server' || round.kind === 'mail server away';
}

function roundName(round: Round): string {
  if (round.kind === 'kill') return `kill: ${stepName(round.step)} (${round.transition})`;
  return round.kind === 'mail server' ? `mail server: ${round.how}` : round.kind;
}

async function openLog(broker: string): Promise<EventLog> {
  return openEventLog(
    {
      kafka: { brokers: [broker], ssl: false, sasl: null },
      dataDir: '',
      retentionDays: 1,
      clientId: 'chaos',
    },
    createLogger('chaos', 'silent'),
  );
}

function count(tally: Map<string, number>, name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1);
}

function secondsSince(startMs: number): number {
  return Math.round((performance.now() - startMs) / 100) / 10;
}
