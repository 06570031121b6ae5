/** Asks for something and reads the answer, as long as something of it keeps coming. */
import { atBase } from '../base-path.ts';

export interface ReadAnswer {
  readonly response: Response;
  readonly text: string;
}

/**
 * @param silenceMs - longest pause without data; a large answer on a slow network may take longer
 * in all
 * @throws DOMException named `TimeoutError` when no data came for that long; else whatever `fetch`
 * throws
 */
export async function readAnswer(
  path: string,
  init: RequestInit,
  silenceMs: number,
  signal?: AbortSignal,
): Promise<ReadAnswer> {
  const giving = new AbortController();
  const giveUp = () =>
    giving.abort(new DOMException(`nothing came for ${silenceMs} ms`, 'TimeoutError'));
  let timer = setTimeout(giveUp, silenceMs);
  try {
    const either = signal ? AbortSignal.any([signal, giving.signal]) : giving.signal;
    const response = await fetch(atBase(path), { ...init, signal: either });
    const decoder = new TextDecoder();
    let text = '';
    const reader = response.body?.getReader();
    for (;;) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) return { response, text: text + decoder.decode() };
      clearTimeout(timer);
      timer = setTimeout(giveUp, silenceMs);
      text += decoder.decode(chunk.value, { stream: true });
    }
  } finally {
    clearTimeout(timer);
  }
}
