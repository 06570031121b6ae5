/** The parameters of a Bot API call, in each of the forms that they may be sent in. */

export type CallParams = Readonly<Record<string, unknown>>;

const NONE: CallParams = {};

/**
 * Reads a body by its type: JSON, a form or multipart. Empty where it is none of them.
 * @param query - parameters of the URL; those of the body win
 */
export async function readParams(
  contentType: string,
  body: Buffer,
  query: URLSearchParams = new URLSearchParams(),
): Promise<CallParams> {
  return { ...fromEntries(query), ...(await bodyParams(contentType, body)) };
}

async function bodyParams(contentType: string, body: Buffer): Promise<CallParams> {
  if (body.length === 0) return NONE;
  if (/^application\/json/i.test(contentType)) return fromJson(body.toString());
  if (!/^(multipart\/form-data|application\/x-www-form-urlencoded)/i.test(contentType)) return NONE;
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': contentType },
  })
    .formData()
    .catch(() => null);
  return form ? fromEntries(form) : NONE;
}

function fromJson(text: string): CallParams {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : NONE;
  } catch {
    return NONE;
  }
}

function fromEntries(entries: Iterable<[string, unknown]>): CallParams {
  return Object.fromEntries(entries);
}

export function textParam(params: CallParams, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberParam(params: CallParams, name: string): number | undefined {
  const value = Number(params[name] ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

export function flagParam(params: CallParams, name: string): boolean {
  return String(params[name]).toLowerCase() === 'true';
}

/** A list of texts, also as JSON text. Undefined: it is absent or no list. */
export function listParam(params: CallParams, name: string): readonly string[] | undefined {
  const value = params[name];
  const list: unknown = typeof value === 'string' ? parsed(value) : value;
  return Array.isArray(list) ? list.map(String) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
