/** Bots that are fine, slow, flaky, or away for a while, behind one web server; they remember what they took. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@hookpulse/traffic/random';
import type { TakenUpdate } from './reckoning.ts';

/** `failing` and `hanging`: for some seconds, again and again. */
const MANNERS = ['fine', 'slow', 'flaky', 'failing', 'hanging'] as const;
type Manner = (typeof MANNERS)[number];

export interface ChaosBots {
  readonly botIds: readonly string[];
  urlOf(botId: string): string;
  takenBy(botId: string): readonly TakenUpdate[];
  /** Updates that were taken, each counted once. */
  readonly takenCount: number;
  /** From now on every bot answers 200 at once. */
  mend(): void;
  /** Clears the records of all updates taken so far. */
  forget(): void;
  close(): Promise<void>;
}

const LONGEST_PAUSE_MS = 60;
const FLAKY_SHARE = 0.1;
/** Of each such time, the first third is an outage. */
const OUTAGE_CYCLE_MS = 15_000;
const OUTAGE_MS = 5_000;

export async function startChaosBots(count: number, random: Random): Promise<ChaosBots> {
  const botIds = Array.from({ length: count }, (_, index) => `chaos-${index}`);
  const phaseMs = new Map(botIds.map((botId) => [botId, random.integer(0, OUTAGE_CYCLE_MS)]));
  let isMended = false;
  let taken = new Map<string, TakenUpdate[]>();
  let firsts = new Set<string>();

  const server = createServer((request, response) => {
    void (async () => {
      const botId = (request.url ?? '').slice(1);
      const { update_id: updateId } = JSON.parse((await buffer(request)).toString());
      const isTaken = isMended || (await behave(mannerOf(botId), botId, response));
      if (!isTaken) return;
      response.once('finish', () => {
        const ofBot = taken.get(botId) ?? [];
        taken.set(botId, ofBot);
        ofBot.push({ updateId, atMs: performance.now() });
        firsts.add(`${botId}|${updateId}`);
      });
      response.end();
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');

  /** @returns whether it takes the update; else it has answered, or never will */
  async function behave(manner: Manner, botId: string, response: ServerResponse): Promise<boolean> {
    switch (manner) {
      case 'fine':
        return true;
      case 'slow':
        await delay(random.integer(1, LONGEST_PAUSE_MS));
        return true;
      case 'flaky':
        return !random.chance(FLAKY_SHARE) || refused(response);
      case 'failing':
        return !isAway(botId) || refused(response);
      case 'hanging':
        return !isAway(botId);
    }
  }

  function isAway(botId: string): boolean {
    return (performance.now() + (phaseMs.get(botId) ?? 0)) % OUTAGE_CYCLE_MS < OUTAGE_MS;
  }

  return {
    botIds,
    urlOf: (botId) => `http://127.0.0.1:${address.port}/${botId}`,
    takenBy: (botId) => taken.get(botId) ?? [],
    get takenCount() {
      return firsts.size;
    },
    mend() {
      isMended = true;
    },
    forget() {
      taken = new Map();
      firsts = new Set();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function mannerOf(botId: string): Manner {
  const number = Number(botId.split('-').at(-1));
  return MANNERS[number % MANNERS.length] ?? 'fine';
}

function refused(response: ServerResponse): false {
  response.writeHead(500).end();
  return false;
}
