/** The server's clock, by which components show times: one timer for all of them. */
import { useEffect, useState } from 'preact/hooks';
import { onTimeLearned, serverNow } from '../api/server-clock.ts';

const TICK_MS = 5_000;

const listeners = new Set<(nowMs: number) => void>();
onTimeLearned(tick);
let timer: ReturnType<typeof setInterval> | null = null;

/** Milliseconds since the epoch; renders again every few seconds. */
export function useNow(): number {
  const [nowMs, setNowMs] = useState(serverNow);
  useEffect(() => {
    listeners.add(setNowMs);
    timer ??= setInterval(tick, TICK_MS);
    return () => {
      listeners.delete(setNowMs);
      if (listeners.size > 0 || timer === null) return;
      clearInterval(timer);
      timer = null;
    };
  }, []);
  return nowMs;
}

function tick(): void {
  const nowMs = serverNow();
  for (const listener of listeners) listener(nowMs);
}
