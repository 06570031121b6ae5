/** The reporter: takes events from a bot without delaying it, and sends them to Hookpulse. */
import { apiUrl } from './api-url.ts';
import type { EventDetails, EventType, ReportedEvent } from './event.ts';
import { INVALID_SIGNATURE } from './event.ts';
import { botHalf, newEventId, receivedEventId } from './event-id.ts';
import { EventQueue } from './event-queue.ts';
import { normalIpAddress } from './ip-address.ts';
import { sendBatch } from './send-batch.ts';
import { Sender } from './sender.ts';

export interface ReporterOptions {
  /** Of Hookpulse's ingest, such as `https://hooks.example.com`, without user name, password and query. */
  readonly url: string;
  /** The bot's report token. The admin token also works, and then `botId` is required. */
  readonly token: string;
  /** Default: the bot of the report token. */
  readonly botId?: string;
  /** How long the first event of a batch waits for others, milliseconds. Default: 200 */
  readonly flushIntervalMs?: number;
  /** So many events are sent at once without waiting. Default: 100 */
  readonly batchEvents?: number;
  /** Memory for events that wait while Hookpulse is away, bytes. Default: 16 MiB, about 60,000 events */
  readonly maxQueueBytes?: number;
  /** Default: `console.warn`. */
  readonly warn?: (message: string) => void;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
}

/** No method throws, and none waits for Hookpulse but `flush` and `close`. */
export interface Reporter {
  /** An update arrived. Repeated for the same `update_id` it counts once. */
  received(details: EventDetails): void;
  /** An update was processed. */
  processed(details: EventDetails): void;
  /** Processing an update failed. */
  error(details: EventDetails): void;
  /** The bot called a method of the Bot API, or tried to. */
  responseSent(details: EventDetails): void;
  /** An update that failed before failed again. */
  retry(details: EventDetails): void;
  /** A delivery whose secret is missing or wrong. Its body is not to be looked at. */
  wrongSecret(details?: Pick<EventDetails, 'bot_id' | 'ip_address'>): void;
  /** How many events Hookpulse will never count: there was no room, or it rejected them. */
  readonly dropped: number;
  /** How many events wait. */
  readonly queued: number;
  /**
   * Sends what waits. @returns whether Hookpulse has taken it
   * @param timeoutMs - default: 5,000
   */
  flush(timeoutMs?: number): Promise<boolean>;
  /** Sends what waits and stops. What cannot be sent in that time is dropped. */
  close(timeoutMs?: number): Promise<void>;
}

const FLUSH_INTERVAL_MS = 200;
const BATCH_EVENTS = 100;
const MAX_QUEUE_BYTES = 16 * 1_024 * 1_024;
const CLOSE_TIMEOUT_MS = 5_000;
/** As ingest does: beyond it, wrong secrets tell nothing new and would displace other events. */
const MAX_WRONG_SECRETS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

/** @throws TypeError when `url` or `token` is missing or wrong; nothing throws later */
export function createReporter(options: ReporterOptions): Reporter {
  const url = apiUrl(options.url, '/api/events');
  const { token, botId, fetch = globalThis.fetch } = options;
  if (typeof token !== 'string' || token === '') throw new TypeError('token is missing');
  const half = botHalf(botId ?? token);
  const queue = new EventQueue(options.maxQueueBytes ?? MAX_QUEUE_BYTES);
  let ending = new AbortController();
  const told = new Set<string>();
  let dropped = 0;
  let isClosed = false;
  let wrongSecrets = { minute: 0, count: 0 };

  const sender = new Sender({
    queue,
    send: (batch) => sendBatch({ url, token, fetch }, batch, ending.signal),
    flushIntervalMs: options.flushIntervalMs ?? FLUSH_INTERVAL_MS,
    batchEvents: options.batchEvents ?? BATCH_EVENTS,
    random: Math.random,
    onRejected(count, reason) {
      drop(count, 'rejected', `Hookpulse rejected ${count} events: ${reason}`);
    },
    onProblem(problem) {
      warnOnce('problem', `Hookpulse does not take the reports, which wait: ${problem}`);
    },
  });

  function add(event_type: EventType, details: EventDetails): void {
    try {
      const isOutcome = event_type === 'processed' || event_type === 'error';
      if (isClosed) {
        drop(1, 'closed', 'The reporter is closed. Events are dropped.');
      } else if (queue.add(JSON.stringify(complete(event_type, details)), isOutcome)) {
        sender.wake();
      } else {
        drop(1, 'full', 'Hookpulse is away and the queue is full. Events are dropped.');
      }
    } catch (error) {
      drop(1, 'unusable', `An event is not valid: ${String(error)}`);
    }
  }

  function complete(event_type: EventType, details: EventDetails): ReportedEvent {
    const nowMs = Date.now();
    const bot_id = details.bot_id ?? botId;
    const { ip_address } = details;
    return {
      ...details,
      // It may be a client's own text, by X-Forwarded-For: a client must not make Hookpulse reject the event.
      ...(typeof ip_address === 'string' && { ip_address: normalIpAddress(ip_address) }),
      event_id: details.event_id ?? idOf(event_type, details, nowMs),
      ...(bot_id === undefined ? {} : { bot_id }),
      timestamp: details.timestamp ?? new Date(nowMs).toISOString(),
      event_type,
    };
  }

  function idOf(event_type: EventType, details: EventDetails, nowMs: number): string {
    const { update_id, status, bot_id } = details;
    const isGenuine = event_type === 'received' && status !== 'failed';
    if (!isGenuine || !Number.isSafeInteger(update_id)) return newEventId(nowMs);
    return receivedEventId(bot_id === undefined ? half : botHalf(bot_id), Number(update_id));
  }

  function drop(count: number, kind: string, message: string): void {
    dropped += count;
    warnOnce(kind, `${message} reporter.dropped counts them.`);
  }

  /** Once for each kind: a bot's log is not for the troubles of its monitoring. */
  function warnOnce(kind: string, message: string): void {
    if (told.has(kind)) return;
    told.add(kind);
    try {
      const text = `hookpulse: ${message}`;
      if (options.warn) options.warn(text);
      // biome-ignore lint/suspicious/noConsole: The bot's program has no other log that is known here.
      else console.warn(text);
    } catch {
      // The bot must not suffer from it.
    }
  }

  async function flush(timeoutMs = CLOSE_TIMEOUT_MS): Promise<boolean> {
    const { promise: late, cancel } = timeout(timeoutMs);
    const sending = sender.sendNow();
    const isSent = await Promise.race([sending, late]);
    cancel();
    if (isSent) return true;
    // Where a program lives only as long as it flushes, as at the edge, a request under way would never end.
    ending.abort();
    await sending;
    if (!isClosed) ending = new AbortController();
    return false;
  }

  return {
    received: (details) => add('received', details),
    processed: (details) => add('processed', details),
    error: (details) => add('error', details),
    responseSent: (details) => add('response_sent', details),
    retry: (details) => add('retry', details),
    wrongSecret(details = {}) {
      const minute = Math.floor(Date.now() / MINUTE_MS);
      if (wrongSecrets.minute !== minute) wrongSecrets = { minute, count: 0 };
      wrongSecrets.count += 1;
      if (wrongSecrets.count > MAX_WRONG_SECRETS_PER_MINUTE) {
        const most = MAX_WRONG_SECRETS_PER_MINUTE;
        drop(1, 'secrets', `Over ${most} wrong secrets in a minute. The others are not reported.`);
        return;
      }
      add('received', {
        ...details,
        status: 'failed',
        error_type: INVALID_SIGNATURE,
        telegram_signature_valid: false,
      });
    },
    get dropped() {
      return dropped;
    },
    get queued() {
      return queue.length;
    },
    flush,
    async close(timeoutMs) {
      if (isClosed) return;
      isClosed = true;
      await flush(timeoutMs);
      sender.stop();
      ending.abort();
      const left = queue.length;
      queue.remove(left);
      if (left > 0) drop(left, 'left', `${left} events could not be sent before the end.`);
    },
  };
}

function timeout(ms: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const promise = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}
