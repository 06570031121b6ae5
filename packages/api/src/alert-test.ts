/** A test notification: what is asked for, and what is answered. */
import { MAX_RECEIVER_LENGTH, RECEIVER_FORMS } from '@hookpulse/common/alerts/receiver';
import Type, { type Static } from 'typebox';

export const ALERT_TEST_PATH = '/api/alerts/test';

export const AlertTestSchema = Type.Object(
  {
    receiver: Type.String({
      minLength: 1,
      maxLength: MAX_RECEIVER_LENGTH,
      description: RECEIVER_FORMS,
    }),
  },
  { additionalProperties: false, examples: [{ receiver: 'ops@example.com' }] },
);

export const ALERT_TEST_RESULTS = ['taken', 'not_now', 'refused'] as const;

export const AlertTestViewSchema = Type.Object({
  receiver: Type.String({ description: 'without its secret' }),
  result: Type.Enum(ALERT_TEST_RESULTS, {
    description:
      'taken: the receiver has it; not_now: an alert would be tried again; refused: an alert would be given up',
  }),
  detail: Type.Union([Type.String(), Type.Null()], {
    description: 'what the receiver answered, in words',
  }),
  duration_ms: Type.Integer({ minimum: 0 }),
});
export type AlertTestView = Static<typeof AlertTestViewSchema>;
