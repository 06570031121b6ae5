/** One round: something is to happen, and at one step of the way something is killed or broken. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TransitionName } from '@hookpulse/common/alerts/alert';
import { Random } from '@hookpulse/traffic/random';
import { isKafkaProduce } from '../support/tcp-proxy.ts';
import type { AlertRecord } from './alert-record.ts';
import type { AlertSystem, ChaosAlerter } from './alert-system.ts';
import type { BotFleet, BotStory } from './bot-fleet.ts';
import { armStep, needsMailServer, stepName } from './kill-steps.ts';
import { MailServerFaults } from './mail-server-faults.ts';
import type { Round } from './plan-rounds.ts';

/** From a kill to the next start: at once, or as late as a supervisor that backs off. */
const LONGEST_ABSENCE_MS = 2_000;
const REMINDED_AFTER_MS = 60_000;
/** A transition comes within seconds of its cause; a reminder when it is due. */
const STEP_PATIENCE_MS = 25_000;

export class RoundRunner {
  readonly mailServer: MailServerFaults;
  /** How many rounds had a kill at each step. */
  readonly killsAt = new Map<string, number>();
  readonly missedSteps: string[] = [];
  readonly otherFaults = new Map<string, number>();
  /** When something was ended that may have been in the middle of a mail. */
  readonly disruptionsMs: number[] = [];
  /** Alerters that were killed. */
  kills = 0;
  readonly #system: AlertSystem;
  readonly #fleet: BotFleet;
  readonly #record: Pick<AlertRecord, 'has'>;
  readonly #random: Random;

  constructor(
    system: AlertSystem,
    fleet: BotFleet,
    record: Pick<AlertRecord, 'has'>,
    seed: number,
  ) {
    this.#system = system;
    this.#fleet = fleet;
    this.#record = record;
    this.#random = new Random(seed);
    this.mailServer = new MailServerFaults(system.smtp);
  }

  /** Resolves when what was killed has been started again. */
  async run(round: Round): Promise<void> {
    switch (round.kind) {
      case 'kill':
        return this.#killAt(round);
      case 'mail server':
        count(this.otherFaults, round.how);
        this.mailServer.misbehave(round.how, round.times);
        return this.#cause('firing', () => undefined);
      case 'mail server away':
        count(this.otherFaults, round.kind);
        await this.#cause('firing', () => undefined);
        this.disruptionsMs.push(Date.now());
        this.mailServer.goAway(round.ms);
        return this.#cause('firing', () => undefined);
      case 'broker killed':
        count(this.otherFaults, round.kind);
        await this.#cause('firing', () => undefined);
        await delay(this.#random.integer(0, LONGEST_ABSENCE_MS));
        this.disruptionsMs.push(Date.now());
        await this.#system.broker.kill();
        await delay(round.absenceMs);
        await this.#system.broker.restart();
        return this.#cause('firing', () => undefined);
      case 'acknowledgement lost': {
        count(this.otherFaults, round.kind);
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
      mailServer: this.mailServer,
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
    if (atStep === null) this.missedSteps.push(`${name} (${transition})`);
    else count(this.killsAt, name);
    const restarted = (atStep ?? victims).map((alerter) => this.#killAndRestart(alerter));
    armed.done();
    await Promise.all(restarted);
  }

  /** What can happen now: before anything else, bots have to fire. */
  #possible(wanted: TransitionName): TransitionName {
    const remindedSinceMs = Date.now() - REMINDED_AFTER_MS;
    const reminded = this.#fleet.open({ hasReminders: true });
    switch (wanted) {
      case 'firing':
        return wanted;
      case 'resolved':
        return this.#ending() ? wanted : 'firing';
      case 'reminder':
        return reminded.some(({ firedMs }) => firedMs <= remindedSinceMs) ? wanted : 'firing';
      default:
        return wanted satisfies never;
    }
  }

  /** The next alert that can be over. */
  #ending(): BotStory | undefined {
    const open = this.#fleet.open({ hasReminders: false });
    return open.find(({ botId }) => this.#record.has(botId, 'firing'));
  }

  /** What is to happen is on the log when it resolves; who it happens to is told before. */
  async #cause(
    transition: TransitionName,
    tell: (botIds: readonly string[]) => void,
  ): Promise<void> {
    // Reminders are due all the time.
    if (transition === 'reminder') return;
    const ending = this.#ending();
    if (transition === 'resolved' && ending) {
      tell([ending.botId]);
      await this.#fleet.switchOff(ending);
      return;
    }
    tell([this.#fleet.nextBotId]);
    await this.#fleet.fire({ hasReminders: false });
  }

  async #killAndRestart({ service }: ChaosAlerter): Promise<void> {
    this.kills += 1;
    this.disruptionsMs.push(Date.now());
    await service.stop('SIGKILL');
    await delay(this.#random.integer(0, LONGEST_ABSENCE_MS));
    service.start();
  }

  #victims(which: 'first' | 'second' | 'both'): readonly ChaosAlerter[] {
    const { alerters } = this.#system;
    return which === 'both' ? alerters : alerters.filter(({ name }) => name === which);
  }
}

/** Whether it has to wait while the mail server is away. */
export function needsMail(round: Round): boolean {
  if (round.kind === 'kill') return needsMailServer(round.step);
  return round.kind === 'mail server' || round.kind === 'mail server away';
}

export function roundName(round: Round): string {
  if (round.kind === 'kill') return `kill: ${stepName(round.step)} (${round.transition})`;
  return round.kind === 'mail server' ? `mail server: ${round.how}` : round.kind;
}

function count(tally: Map<string, number>, name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1);
}
