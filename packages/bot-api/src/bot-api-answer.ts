/** What became of a call: errors are data, and none of them carries the bot token. */
import type { ConnectionFailureKind } from '@hookpulse/common/values/connection-failure';
import Type, { type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** Why no answer of the Bot API arrived, or none that can be read. */
export type UnreachableReason = Exclude<ConnectionFailureKind, 'other'> | 'not a Bot API';

export interface OkAnswer<T> {
  readonly kind: 'ok';
  readonly result: T;
  /** Such as `Webhook is already set`; null where there is none. */
  readonly description: string | null;
}

/** The Bot API has understood the call, and says no. */
export interface RefusedAnswer {
  readonly kind: 'refused';
  /** As of HTTP: 401 for a revoked token, 404 for a malformed one, 429 for too many calls. */
  readonly errorCode: number;
  readonly description: string;
  /** Seconds to wait before the next call; null: it would be refused again. */
  readonly retryAfterSeconds: number | null;
}

/** Whether the call was carried out is not known. */
export interface UnreachableAnswer {
  readonly kind: 'unreachable';
  readonly reason: UnreachableReason;
}

export type BotApiAnswer<T> = OkAnswer<T> | RefusedAnswer | UnreachableAnswer;

const NOT_A_BOT_API: UnreachableAnswer = { kind: 'unreachable', reason: 'not a Bot API' };

const EnvelopeSchema = Type.Union([
  Type.Object({
    ok: Type.Literal(true),
    result: Type.Unknown(),
    description: Type.Optional(Type.String()),
  }),
  Type.Object({
    ok: Type.Literal(false),
    error_code: Type.Integer(),
    description: Type.String(),
    parameters: Type.Optional(
      Type.Object({ retry_after: Type.Optional(Type.Number({ minimum: 0 })) }),
    ),
  }),
]);
const envelope = Compile(EnvelopeSchema);

/** Makes a reader of answers whose result is of one form. */
export function answerReader<Result extends TSchema>(
  schema: Result,
): (body: string) => BotApiAnswer<Static<Result>> {
  const result = Compile(schema);
  return (body) => {
    const answer = parsed(body);
    if (!envelope.Check(answer)) return NOT_A_BOT_API;
    if (!answer.ok) {
      return {
        kind: 'refused',
        errorCode: answer.error_code,
        description: answer.description,
        retryAfterSeconds: answer.parameters?.retry_after ?? null,
      };
    }
    if (!result.Check(answer.result)) return NOT_A_BOT_API;
    return { kind: 'ok', result: answer.result, description: answer.description ?? null };
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
