/** What is done to the mail server: it is held at a step, misbehaves a few times, or is away. */
import { setTimeout as delay } from 'node:timers/promises';
import type { SmtpAct, SmtpMoment, SmtpStep, TestSmtpServer } from '../support/smtp-server.ts';

export type Misbehaviour =
  | 'greylisting'
  | 'service shut down'
  | 'dropped in the middle of DATA'
  /** It keeps the mail and nobody is told: the same mail comes again, and has to. */
  | 'answer lost';

interface Hold {
  readonly step: SmtpStep;
  readonly arrived: PromiseWithResolvers<void>;
  readonly released: PromiseWithResolvers<void>;
}

const ACTS: Readonly<Record<Misbehaviour, { readonly at: SmtpStep; readonly act: SmtpAct }>> = {
  greylisting: { at: 'rcpt', act: { code: 451, text: 'greylisted, try again later' } },
  'service shut down': { at: 'mail', act: { code: 421, text: 'closing the channel' } },
  'dropped in the middle of DATA': { at: 'data-start', act: 'drop' },
  'answer lost': { at: 'data-end', act: 'keep-and-drop' },
};

export class MailServerFaults {
  /** When a mail was kept although nobody was told, milliseconds since the epoch. */
  readonly answersLostMs: number[] = [];
  readonly #server: TestSmtpServer;
  #hold: Hold | null = null;
  readonly #misbehaviours: Misbehaviour[] = [];
  #outage: Promise<void> | null = null;

  constructor(server: TestSmtpServer) {
    this.#server = server;
    server.onStep((moment) => this.#onStep(moment));
  }

  get isAway(): boolean {
    return this.#outage !== null;
  }

  /** The next mail that comes to the step waits there until it is released. */
  holdAt(step: SmtpStep): { readonly arrived: Promise<void>; release(): void } {
    const hold = {
      step,
      arrived: Promise.withResolvers<void>(),
      released: Promise.withResolvers<void>(),
    };
    this.#hold = hold;
    return {
      arrived: hold.arrived.promise,
      release: () => {
        if (this.#hold === hold) this.#hold = null;
        hold.released.resolve();
      },
    };
  }

  /** For the next so many mails. */
  misbehave(how: Misbehaviour, times: number): void {
    for (let time = 0; time < times; time += 1) this.#misbehaviours.push(how);
  }

  /** Goes away now, and comes back after so long. */
  goAway(ms: number): void {
    this.#outage ??= this.#away(ms).finally(() => {
      this.#outage = null;
    });
  }

  /** From now on all goes well. Resolves when the server is back. */
  async mended(): Promise<void> {
    this.#misbehaviours.length = 0;
    await this.#outage;
  }

  async #away(ms: number): Promise<void> {
    await this.#server.stop();
    await delay(ms);
    await this.#server.start();
  }

  async #onStep({ step }: SmtpMoment): Promise<SmtpAct> {
    const hold = this.#hold;
    if (hold?.step === step) {
      this.#hold = null;
      hold.arrived.resolve();
      await hold.released.promise;
      return undefined;
    }
    const [next] = this.#misbehaviours;
    if (next === undefined || ACTS[next].at !== step) return undefined;
    this.#misbehaviours.shift();
    if (next === 'answer lost') this.answersLostMs.push(Date.now());
    return ACTS[next].act;
  }
}
