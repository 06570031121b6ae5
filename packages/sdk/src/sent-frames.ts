/** Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */

export interface SentFrame {
  /** `message` where the server names none. */
  readonly type: string;
  /** Null: it tells of no event. */
  readonly data: string | null;
  readonly id: string | null;
}

/** @param onChunk - called whenever something arrives */
export async function* sentFrames(
  body: ReadableStream<Uint8Array>,
  onChunk: () => void,
): AsyncGenerator<SentFrame> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onChunk();
      const parts = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      // A frame that has not ended is never told.
      rest = parts.pop() ?? '';
      for (const part of parts) yield frameOf(part.split('\n'));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function frameOf(lines: readonly string[]): SentFrame {
  const field = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  const data = field('data');
  return {
    type: field('event').at(-1) ?? 'message',
    data: data.length === 0 ? null : data.join('\n'),
    id: field('id').at(-1) ?? null,
  };
}
