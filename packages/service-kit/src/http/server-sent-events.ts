/** Reads a stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */

/** What stands between two empty lines. */
export interface SentFrame {
  /** `message` where the server names none. */
  readonly type: string;
  /** Null: it tells of no event, and may have an id all the same. */
  readonly data: string | null;
  /** To come back with; null: the one before holds. */
  readonly id: string | null;
  /** So long one is to wait before one comes back, milliseconds; null: nothing is said of it. */
  readonly retryMs: number | null;
  readonly comments: readonly string[];
}

/**
 * A frame that has not ended is never told, as the standard has it.
 * @param chunks - the body of an answer; null: it has none
 */
export async function* sentFrames(
  chunks: AsyncIterable<Uint8Array> | null,
): AsyncGenerator<SentFrame> {
  if (!chunks) return;
  const decoder = new TextDecoder();
  let rest = '';
  let lines: string[] = [];
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const line = part.endsWith('\r') ? part.slice(0, -1) : part;
      if (line !== '') {
        lines.push(line);
        continue;
      }
      if (lines.length > 0) yield frameOf(lines);
      lines = [];
    }
  }
}

function frameOf(lines: readonly string[]): SentFrame {
  const values = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    values.set(field, [...(values.get(field) ?? []), value]);
  }
  const retry = values.get('retry')?.at(-1) ?? '';
  return {
    type: values.get('event')?.at(-1) || 'message',
    data: values.get('data')?.join('\n') ?? null,
    id: values.get('id')?.at(-1) ?? null,
    retryMs: /^\d+$/.test(retry) ? Number(retry) : null,
    comments: values.get('') ?? [],
  };
}
