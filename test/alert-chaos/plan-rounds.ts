/** Which steps are broken, by what, in which order: each step at each kind of transition in turn. */

import type { TransitionName } from '@hookpulse/common/alerts/alert';
import { Random } from '@hookpulse/traffic/random';
import { KILL_STEPS, type KillStep } from './kill-steps.ts';
import type { Misbehaviour } from './mail-server-faults.ts';

export type Round =
  | {
      readonly kind: 'kill';
      readonly step: KillStep;
      readonly transition: TransitionName;
      /** Of steps that no single alerter takes. */
      readonly victims: 'first' | 'second' | 'both';
    }
  | { readonly kind: 'mail server'; readonly how: Misbehaviour; readonly times: number }
  | { readonly kind: 'mail server away'; readonly ms: number }
  | { readonly kind: 'broker killed'; readonly absenceMs: number }
  /** The log has it, and the alerter that wrote it is not told. */
  | { readonly kind: 'acknowledgement lost' };

export interface PlanOptions {
  /** Rounds with a kill; now and then both alerters are killed in one. */
  readonly kills: number;
  readonly seed: number;
}

const TRANSITIONS: readonly TransitionName[] = ['firing', 'resolved', 'reminder'];
const KILLS_PER_FAULT = 4;
const LONG_OUTAGE_MS = 120_000;
const LONGEST_BROKER_ABSENCE_MS = 8_000;

export function planRounds({ kills, seed }: PlanOptions): Round[] {
  const random = new Random(seed);
  const faults = faultsInTurn(random);
  const rounds: Round[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const pass = Math.floor(kill / KILL_STEPS.length);
    const step = KILL_STEPS[kill % KILL_STEPS.length];
    const transition = TRANSITIONS[(kill + pass + seed) % TRANSITIONS.length];
    if (!step || !transition) throw new RangeError('no such round');
    rounds.push({
      kind: 'kill',
      step,
      transition,
      victims: random.pick(['first', 'second', 'both']),
    });
    if (kill % KILLS_PER_FAULT === KILLS_PER_FAULT - 1) rounds.push(faults.next().value);
  }
  return rounds;
}

function* faultsInTurn(random: Random): Generator<Round, never> {
  for (;;) {
    yield { kind: 'mail server', how: 'greylisting', times: random.integer(1, 3) };
    yield { kind: 'broker killed', absenceMs: random.integer(0, LONGEST_BROKER_ABSENCE_MS) };
    yield { kind: 'mail server away', ms: LONG_OUTAGE_MS };
    yield {
      kind: 'mail server',
      how: 'dropped in the middle of DATA',
      times: random.integer(1, 3),
    };
    yield { kind: 'acknowledgement lost' };
    yield { kind: 'mail server', how: 'answer lost', times: 1 };
    yield { kind: 'mail server', how: 'service shut down', times: random.integer(1, 3) };
  }
}
