/**
 * Listens to a stream of server-sent events for as long as somebody looks. A short break the browser
 * mends by itself, from where it broke off; after a long one, when the server refused, or when not
 * even its heartbeat comes, the stream begins anew, and what came in between has to be asked for.
 */

import { atBase } from '../base-path.ts';
import { SIGNED_IN_EVENT } from './client.ts';

export type LiveState = 'connecting' | 'live' | 'reconnecting';

export interface LiveStreamHandlers<T> {
  /** What came within a moment, in the order in which it came. */
  onMessages(messages: readonly T[]): void;
  onState(state: LiveState): void;
  /** What came before is not told. Also at the first time. */
  onBegin(): void;
}

export interface LiveStream {
  close(): void;
}

/** The server is heard of every 5 s. Without that the connection is dead, whatever the browser says. */
const SILENCE_LIMIT_MS = 12_000;
/** Many events come at once, and are drawn together. */
const GATHER_MS = 150;
/** A longer break is not made up for event by event: there may be too many. */
const MAX_BREAK_MS = 30_000;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 30_000;

type Timer = ReturnType<typeof setTimeout> | undefined;

/** @typeParam T - of the JSON that each message is; the same build serves both, see `askApi` */
export function openLiveStream<T>(path: string, handlers: LiveStreamHandlers<T>): LiveStream {
  let source: EventSource | null = null;
  let failures = 0;
  let gathered: T[] = [];
  let gathering: Timer;
  /** Until it begins anew, or ends as nobody looks. */
  let waiting: Timer;
  /** Until it is taken for dead. */
  let listening: Timer;

  document.addEventListener('visibilitychange', onVisibility);
  window.addEventListener(SIGNED_IN_EVENT, connect);
  connect();

  return {
    close() {
      document.removeEventListener('visibilitychange', onVisibility);
      window.removeEventListener(SIGNED_IN_EVENT, connect);
      disconnect();
      clearTimeout(gathering);
    },
  };

  function connect(): void {
    disconnect();
    handlers.onState(failures === 0 ? 'connecting' : 'reconnecting');
    const opened = new EventSource(atBase(path));
    let hasBegun = false;
    source = opened;
    hear();
    opened.onopen = () => {
      hear();
      clearTimeout(waiting);
      waiting = undefined;
      failures = 0;
      handlers.onState('live');
      if (!hasBegun) handlers.onBegin();
      hasBegun = true;
    };
    opened.onmessage = ({ data }: MessageEvent<string>) => {
      hear();
      gather(JSON.parse(data) as T);
    };
    opened.addEventListener('heartbeat', hear);
    // Too slow for all that comes, it would next be told of all that it has missed.
    opened.addEventListener('lagging', connect);
    opened.onerror = () => {
      clearTimeout(listening);
      handlers.onState('reconnecting');
      if (opened.readyState === EventSource.CLOSED) {
        failures += 1;
        disconnect();
        waiting = setTimeout(connect, waitMsAfter(failures));
      } else {
        waiting ??= setTimeout(connect, MAX_BREAK_MS);
      }
    };
  }

  /** Also a connection that is never made says nothing. */
  function hear(): void {
    clearTimeout(listening);
    listening = setTimeout(() => {
      failures += 1;
      connect();
    }, SILENCE_LIMIT_MS);
  }

  function disconnect(): void {
    clearTimeout(waiting);
    clearTimeout(listening);
    waiting = undefined;
    source?.close();
    source = null;
  }

  /**
   * A browser has six connections for all tabs of an origin, so a hidden tab gives its connection
   * back.
   */
  function onVisibility(): void {
    clearTimeout(waiting);
    waiting = document.hidden ? setTimeout(disconnect, MAX_BREAK_MS) : undefined;
    if (!document.hidden && source === null) connect();
  }

  function gather(message: T): void {
    gathered.push(message);
    gathering ??= setTimeout(() => {
      const messages = gathered;
      gathered = [];
      gathering = undefined;
      handlers.onMessages(messages);
    }, GATHER_MS);
  }
}

function waitMsAfter(failures: number): number {
  return Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
}
