/** The steps between an event and its mail at which an alerter is killed, and how each is recognised. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TransitionName } from '@hookpulse/common/alerts/alert';
import { ALERT_MAILS_TOPIC, ALERTS_TOPIC } from '@hookpulse/event-log/topics';
import type { SmtpStep } from '../support/smtp-server.ts';
import { isKafkaProduce } from '../support/tcp-proxy.ts';
import type { AlertSystem, ChaosAlerter } from './alert-system.ts';
import type { MailServerFaults } from './mail-server-faults.ts';

/** What an alerter writes to the log on the way. */
type Written = 'transition' | 'sending' | 'accepted';

export type KillStep =
  /** So long after what crosses the line is on the log; the alerters named by `victims`. */
  | { readonly kind: 'later'; readonly delayMs: number }
  /** The request is on its way: the broker does not get it, or has acknowledged it and nobody is told. */
  | { readonly kind: 'write'; readonly what: Written; readonly when: 'before' | 'after' }
  | { readonly kind: 'smtp'; readonly at: SmtpStep };

/** In the order in which an alert comes by. */
export const KILL_STEPS: readonly KillStep[] = [
  { kind: 'later', delayMs: 0 },
  { kind: 'later', delayMs: 200 },
  { kind: 'later', delayMs: 500 },
  { kind: 'later', delayMs: 1_000 },
  { kind: 'write', what: 'transition', when: 'before' },
  { kind: 'write', what: 'transition', when: 'after' },
  { kind: 'write', what: 'sending', when: 'before' },
  { kind: 'write', what: 'sending', when: 'after' },
  { kind: 'smtp', at: 'connect' },
  { kind: 'smtp', at: 'mail' },
  { kind: 'smtp', at: 'rcpt' },
  { kind: 'smtp', at: 'data-start' },
  { kind: 'smtp', at: 'data-end' },
  { kind: 'smtp', at: 'answered' },
  { kind: 'write', what: 'accepted', when: 'before' },
  { kind: 'write', what: 'accepted', when: 'after' },
];

export function stepName(step: KillStep): string {
  switch (step.kind) {
    case 'later':
      return `${step.delayMs} ms after the event`;
    case 'write':
      return `${step.when} ${step.what} is on the log`;
    case 'smtp':
      return `SMTP ${step.at}`;
    default:
      return step satisfies never;
  }
}

/** Whether it is reached only while the mail server is there. */
export function needsMailServer(step: KillStep): boolean {
  return step.kind === 'smtp' || (step.kind === 'write' && step.what === 'accepted');
}

/** What is to come by. */
export interface Awaited {
  readonly transition: TransitionName;
  /** Of these bots; empty: of any. */
  readonly botIds: () => readonly string[];
}

export interface ArmedStep {
  /** Told that what crosses the line is on the log. */
  begin(): void;
  /** Resolves with who is at the step, when somebody is; at SMTP steps the server waits until `done`. */
  readonly reached: Promise<readonly ChaosAlerter[]>;
  /** The kill is done, or given up. */
  done(): void;
}

/** @param victims - of steps that no single alerter takes */
export function armStep(
  step: KillStep,
  awaited: Awaited,
  victims: readonly ChaosAlerter[],
  { system, mailServer }: { system: AlertSystem; mailServer: MailServerFaults },
): ArmedStep {
  const reached = Promise.withResolvers<readonly ChaosAlerter[]>();
  switch (step.kind) {
    case 'later':
      return {
        begin: () => void delay(step.delayMs).then(() => reached.resolve(victims)),
        reached: reached.promise,
        done: () => undefined,
      };
    case 'write':
      return { begin: () => undefined, ...awaitWrite(step, awaited, system) };
    case 'smtp': {
      const { arrived, release } = mailServer.holdAt(step.at);
      void arrived.then(() => {
        // The one that is connected is the one that sends.
        reached.resolve(system.alerters.filter(({ smtp }) => smtp.connections > 0));
      });
      return { begin: () => undefined, reached: reached.promise, done: release };
    }
    default:
      return step satisfies never;
  }
}

function awaitWrite(
  { what, when }: Extract<KillStep, { kind: 'write' }>,
  awaited: Awaited,
  { alerters }: AlertSystem,
): Pick<ArmedStep, 'reached' | 'done'> {
  const reached = Promise.withResolvers<readonly ChaosAlerter[]>();
  let isArmed = true;
  for (const alerter of alerters) {
    const matches = (request: Buffer) => {
      const isHit = isArmed && isWriteOf(request, what, awaited);
      if (isHit) isArmed = false;
      return isHit;
    };
    const { kafka } = alerter;
    const hit = when === 'before' ? kafka.dropNextRequest(matches) : kafka.cutNextResponse(matches);
    void hit.then(() => reached.resolve([alerter]));
  }
  return {
    reached: reached.promise,
    done: () => {
      isArmed = false;
    },
  };
}

/** Requests are not compressed. */
function isWriteOf(request: Buffer, what: Written, { transition, botIds }: Awaited): boolean {
  if (!isKafkaProduce(request)) return false;
  const isOfTopic = request.includes(what === 'transition' ? ALERTS_TOPIC : ALERT_MAILS_TOPIC);
  const says = what === 'transition' ? `"transition":"${transition}"` : `"state":"${what}"`;
  const ids = botIds();
  const isOfBot = ids.length === 0 || ids.some((botId) => request.includes(`"bot_id":"${botId}"`));
  return isOfTopic && isOfBot && request.includes(says);
}
