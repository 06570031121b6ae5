/** Formats: how the text of an environment variable becomes a value, and how to say what is allowed. */
import { SIGNING_SECRET } from '@hookpulse/common/alerts/receiver';
import { SECRETS_KEY_PATTERN } from '@hookpulse/common/values/sealed-secret';

export interface Format<T> {
  /** Completes "NAME must be …"; a noun phrase. */
  readonly allowed: string;
  /** The value; undefined when the text, trimmed and not empty, is not of this form. */
  parse(text: string): T | undefined;
  /** Completes "NAME must …" where more can be said of this bad text; never quotes it. */
  demandOf?(text: string): string | undefined;
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** Without `Infinity`, hexadecimal and exponents, which nobody writes on purpose. */
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
/** What `Authorization: Bearer` can carry: `b64token` (RFC 6750, section 2.1). */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

export const anyText: Format<string> = { allowed: 'text', parse: (text) => text };

/** Goes into SQL between quotes, so nothing that would end them. */
export const clusterName: Format<string> = {
  allowed: 'a name of A-Z a-z 0-9 . _ - only',
  parse: (text) => (/^[\w.-]+$/.test(text) ? text : undefined),
};

export const tokenText: Format<string> = {
  allowed: 'of A-Z a-z 0-9 . _ ~ + / - only, optionally with = at the end',
  parse: (text) => (BEARER_TOKEN.test(text) ? text : undefined),
};

/** As `randomSecret` makes it. */
export const secretsKey: Format<string> = {
  allowed: '32 random bytes as base64url (43 characters)',
  parse: (text) => (SECRETS_KEY_PATTERN.test(text) ? text : undefined),
};

export const booleanText: Format<boolean> = {
  allowed: 'true, false, 1 or 0',
  parse: (text) => {
    switch (text.toLowerCase()) {
      case 'true':
      case '1':
        return true;
      case 'false':
      case '0':
        return false;
      default:
        return undefined;
    }
  },
};

/** @param unit - what the number counts, for the message: `seconds` */
export function decimalNumber(range: NumberRange, unit?: string): Format<number> {
  return {
    allowed: `a number${unit ? ` of ${unit}` : ''} from ${range.min} to ${range.max}`,
    parse: (text) => numberIn(text, range),
  };
}

/** @param unit - what the number counts, for the message: `days` */
export function wholeNumber(range: NumberRange, unit?: string): Format<number> {
  return {
    allowed: `a whole number${unit ? ` of ${unit}` : ''} from ${range.min} to ${range.max}`,
    parse: (text) => {
      const value = numberIn(text, range);
      return Number.isInteger(value) ? value : undefined;
    },
  };
}

/** Of one service: more would share one process that accepts connections for all. */
export const MAX_WORKERS = 64;

/** `auto` is one for each core. */
export const workerCount: Format<number | 'auto'> = {
  allowed: `auto, or a whole number from 1 to ${MAX_WORKERS}`,
  parse: (text) =>
    text.toLowerCase() === 'auto' ? 'auto' : wholeNumber({ min: 1, max: MAX_WORKERS }).parse(text),
};

/** One of the names, in any case. */
export function oneOf<const T extends string>(names: readonly T[]): Format<T> {
  return {
    allowed: `one of ${names.join(', ')}`,
    parse: (text) => names.find((name) => name === text.toLowerCase()),
  };
}

/** As OpenTelemetry has lists of names and values: percent-encoded where need be. */
export const keyValues: Format<Readonly<Record<string, string>>> = {
  allowed: 'comma-separated pairs such as name=value',
  parse: (text) => {
    const pairs = text.split(',').map((part) => /^\s*([^\s=]+)\s*=\s*(.*?)\s*$/.exec(part));
    if (pairs.includes(null)) return undefined;
    try {
      return Object.fromEntries(
        pairs.map((pair) => [pair?.[1], decodeURIComponent(pair?.[2] ?? '')]),
      );
    } catch {
      return undefined;
    }
  },
};

/** As BotFather gives it. */
export const tokenOfBot: Format<string> = {
  allowed: 'a bot token as BotFather gives it: 123456:ABC…',
  parse: (text) => (/^\d{1,19}:[\w-]{30,100}$/.test(text) ? text : undefined),
};

export const webhookSecret: Format<string> = {
  allowed:
    'whsec_ and 24 to 64 bytes in base64; create one with: echo "whsec_$(openssl rand -base64 32)"',
  parse: (text) => (SIGNING_SECRET.test(text) ? text : undefined),
};

/** Comma-separated; spaces around an item and empty items do not matter, one item is needed. */
export function listOf<T>(item: Format<T>, plural: string): Format<readonly T[]> {
  return {
    allowed: `comma-separated ${plural}`,
    parse: (text) => {
      const parts = text.split(',').map((part) => part.trim());
      const values = parts.filter((part) => part !== '').map((part) => item.parse(part));
      return values.length > 0 && values.every((value) => value !== undefined) ? values : undefined;
    },
  };
}

function numberIn(text: string, { min, max }: NumberRange): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}
