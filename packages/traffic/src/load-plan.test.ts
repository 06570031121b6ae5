import { describe, expect, test } from '@jest/globals';
import { LoadPlan, type LoadShape, type PlannedUpdate } from './load-plan.ts';
import { UPDATE_KINDS } from './update-kinds.ts';

const SHAPE: LoadShape = {
  perSecond: 100,
  durationMs: 60_000,
  burst: 1,
  seed: 7,
  errorShare: 0.1,
  slowShare: 0.05,
  duplicateShare: 0.2,
  hasSilentBot: true,
};
const BOTS = ['a', 'b', 'c'].map((botId) => ({
  botId,
  webhookSecret: `secret-${botId}`,
  reportToken: `token-${botId}`,
}));
const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const UPDATES = 6_000;

function plannedUpdates(seed = 7, startMs = NOW_MS) {
  const plan = new LoadPlan({ ...SHAPE, seed }, BOTS, startMs);
  return Array.from({ length: UPDATES }, (_, n) => plan.next(n * 10, startMs + n * 10));
}

describe('the plan of a load', () => {
  const planned = plannedUpdates();

  test('follows from the seed', () => {
    expect(plannedUpdates()).toEqual(planned);
    expect(plannedUpdates(8)).not.toEqual(planned);
  });

  test('has the same updates at another time, but for ids and dates', () => {
    const shapeOf = ({ bot, body, isDeliveredTwice }: PlannedUpdate) => [
      bot.botId,
      Object.keys(JSON.parse(body)).at(-1),
      isDeliveredTwice,
    ];
    expect(plannedUpdates(7, NOW_MS + 86_400_001).map(shapeOf)).toEqual(planned.map(shapeOf));
  });

  test('has updates of every kind of the Bot API, each with one field and an id of its own', () => {
    const updates = planned.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    const kinds = new Set(updates.map((update) => Object.keys(update).at(-1)));
    expect(kinds).toEqual(new Set(UPDATE_KINDS.map(({ name }) => name)));
    expect(new Set(updates.map((update) => update.update_id)).size).toBe(UPDATES);
    expect(updates.every((update) => Object.keys(update).length === 2)).toBe(true);
  });

  test('is of the shares that were asked for', () => {
    const shareOf = (count: number) => count / UPDATES;
    expect(shareOf(planned.filter((update) => update.isDeliveredTwice).length)).toBeCloseTo(0.2, 1);
    const reports = planned.flatMap((update) => update.reports);
    expect(shareOf(reports.filter((event) => event.event_type === 'error').length)).toBeCloseTo(
      0.1,
      1,
    );
    const work = reports.flatMap((event) => event.processing_time_ms ?? []);
    expect(work).toHaveLength(UPDATES);
    expect(shareOf(work.filter((ms) => ms > 1_000).length)).toBeCloseTo(0.05, 1);
  });

  test('gives the first bot the most, and the last one nothing after half of the time', () => {
    const counts = (half: typeof planned) =>
      BOTS.map(({ botId }) => half.filter(({ bot }) => bot.botId === botId).length);
    const [a = 0, b = 0, c = 0] = counts(planned.slice(0, UPDATES / 2));
    expect(a).toBeGreaterThan(b);
    expect(b).toBeGreaterThan(c);
    expect(c).toBeGreaterThan(0);
    expect(counts(planned.slice(UPDATES / 2))[2]).toBe(0);
  });
});
