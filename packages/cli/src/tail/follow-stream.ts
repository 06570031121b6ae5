/** A live stream of the query API, over as many connections as it takes: nothing twice, nothing left out. */
import { setTimeout as delay } from 'node:timers/promises';
import { sentFrames } from '@hookpulse/service-kit/http/server-sent-events';
import { type Query, type QueryApi, UnreachableError } from '../api/query-api.ts';
import { CommandError } from '../command-error.ts';

export interface FollowDeps {
  readonly api: QueryApi;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** @param data - JSON text */
  onData(data: string): void;
  /** It broke off and is tried again: told once, until it goes on. */
  onBroken(reason: string): void;
  onResumed(): void;
}

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 10_000;
/** The server is heard of every 5 s; without that the connection is dead, whatever TCP says. */
const SILENCE_LIMIT_MS = 45_000;

/**
 * Resolves when the signal is aborted.
 * @throws CommandError when it cannot be connected at first, or is refused later
 */
export async function followStream(path: string, query: Query, deps: FollowDeps): Promise<void> {
  const { signal } = deps;
  let lastEventId: string | null = null;
  let isBroken = false;
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const reason = await readUntilBroken();
    if (signal.aborted) return;
    if (!isBroken) deps.onBroken(reason);
    isBroken = true;
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
  }

  /** @returns why it broke off */
  async function readUntilBroken(): Promise<string> {
    let isLagging = false;
    try {
      for await (const frame of connection()) {
        if (isBroken) deps.onResumed();
        isBroken = false;
        pauseMs = FIRST_PAUSE_MS;
        lastEventId = frame.id ?? lastEventId;
        isLagging = frame.type === 'lagging';

        if (frame.type === 'message' && frame.data !== null) deps.onData(frame.data);
      }
    } catch (error) {
      const mayComeBack = error instanceof UnreachableError || !(error instanceof CommandError);
      if (signal.aborted || (mayComeBack && lastEventId !== null)) return 'the connection was lost';
      throw error;
    }
    return isLagging
      ? 'events arrive faster than they can be shown here'
      : 'the query API closed the connection';
  }

  async function* connection() {
    const silence = new AbortController();
    const hear = () => setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
    let timer = hear();
    try {
      const headers: Record<string, string> =
        lastEventId === null ? {} : { 'last-event-id': lastEventId };
      const either = AbortSignal.any([signal, silence.signal]);
      const response = await deps.api.stream(path, query, headers, either);
      for await (const frame of sentFrames(response.body)) {
        clearTimeout(timer);
        timer = hear();
        yield frame;
      }
    } finally {
      clearTimeout(timer);
    }
  }
}
