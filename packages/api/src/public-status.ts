/** The content of a status page. It has names of bots, and no ids, settings or counts of traffic. */
import { Nullable } from '@hookpulse/common/events/webhook-event';
import Type, { type Static } from 'typebox';

const PUBLIC_STATES = ['healthy', 'unhealthy', 'no_traffic'] as const;
export type PublicState = (typeof PUBLIC_STATES)[number];

const State = Type.Enum(PUBLIC_STATES, {
  description:
    'unhealthy: an alert fires; healthy: none does, and there was traffic in this hour or the one before; no_traffic: neither',
});
const Percent = Nullable(
  Type.Number({
    minimum: 0,
    maximum: 100,
    description:
      'share of the observed time in which no alert fired, rounded down to two decimals; observed are hours with traffic, and times with an alert; null: nothing was observed',
  }),
);
const Time = Type.String({ format: 'date-time' });

const StatusDaySchema = Type.Object({
  date: Type.String({ format: 'date', description: 'a day in UTC' }),
  healthy_percent: Percent,
  unhealthy_minutes: Type.Integer({ minimum: 0, description: 'rounded up' }),
});
export type StatusDay = Static<typeof StatusDaySchema>;

const IncidentSchema = Type.Object({
  bot: Type.String({ description: 'name of the bot' }),
  what: Type.String({ description: 'what went wrong, in words', examples: ['Updates failed'] }),
  started_at: Time,
  ended_at: Nullable(Time),
  reason: Type.Optional(
    Type.String({ description: 'why the alert fired; absent unless the page shows reasons' }),
  ),
});
export type Incident = Static<typeof IncidentSchema>;

export const PublicStatusSchema = Type.Object({
  title: Type.String(),
  state: State,
  as_of: Time,
  bots: Type.Array(
    Type.Object({
      name: Type.String(),
      state: State,
      healthy_percent: Percent,
      days: Type.Array(StatusDaySchema, { description: '90 days, oldest first, today last' }),
    }),
  ),
  incidents: Type.Array(IncidentSchema, { description: 'of 90 days, newest first, at most 100' }),
});
export type PublicStatus = Static<typeof PublicStatusSchema>;
