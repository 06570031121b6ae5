/** The condition of an alert over time: the value of its rule and its threshold. */
import { TRANSITIONS } from '@hookpulse/common/alerts/alert';
import { BotId } from '@hookpulse/common/events/webhook-event';
import Type, { type Static } from 'typebox';
import { RuleName } from './rule-name.ts';

const Time = Type.String({ format: 'date-time' });
const Reading = {
  at: Time,
  value: Type.Number({ description: 'measured value, in the unit' }),
  line: Type.Number({ description: 'limit at that time, in the unit' }),
};

export const AlertConditionSchema = Type.Object({
  alert_id: Type.String(),
  bot_id: BotId,
  rule: RuleName,
  title: Type.String({ description: 'name of the value' }),
  unit: Type.Enum(['ratio', 'count', 'seconds'] as const, { description: 'a ratio is 0 to 1' }),
  from: Time,
  to: Time,
  window_seconds: Type.Number({ description: 'each point is of the window that ends with it' }),
  step_seconds: Type.Integer({ description: 'seconds between points' }),
  points: Type.Array(
    Type.Object({
      ...Reading,
      holds: Type.Boolean({ description: 'whether the rule held by these numbers' }),
    }),
    {
      description:
        'oldest first; empty if the alert is older than 25 hours, or if its rule measures something that is not stored by the minute',
    },
  ),
  judged: Type.Array(Type.Object({ ...Reading, transition: Type.Enum(TRANSITIONS) }), {
    description: 'what the alerter measured at each transition, oldest first',
  }),
});
export type AlertCondition = Static<typeof AlertConditionSchema>;
