/** Asking the running demo what there is to see, and the one thing that somebody has done there. */
import type { QueryApi } from '@hookpulse/cli/api/query-api';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { GiveUpError, until } from '@hookpulse/common/testing/until';
import Type from 'typebox';

const Metrics = Type.Object({
  metrics: Type.Array(Type.Object({ requests_received: Type.Integer() })),
});
const Alerts = Type.Object({ alerts: Type.Array(Type.Object({})) });
const Annotation = Type.Object({ annotation_id: Type.String() });
const Silence = Type.Object({ silence_id: Type.String() });

/** A slow machine takes its time, as long as it goes on. */
const STANDSTILL_MS = 120_000;
const SILENCED_MINUTES = 480;

/**
 * Resolves when so many deliveries are in the hourly rows.
 * @param fromMs - of the first hour, milliseconds since the epoch
 * @throws GiveUpError when the signal is aborted, or nothing more is counted for two minutes
 */
export async function untilCounted(
  api: QueryApi,
  fromMs: number,
  deliveries: number,
  signal: AbortSignal,
): Promise<void> {
  const progress = createProgress('updates of the last day', deliveries);
  const from = new Date(fromMs).toISOString();
  let shown = 0;
  let grewAtMs = performance.now();
  await until(
    'the last day to be counted',
    async () => {
      if (signal.aborted) throw new GiveUpError('interrupted');
      if (performance.now() - grewAtMs > STANDSTILL_MS) {
        throw new GiveUpError(`only ${shown} of ${deliveries} updates were counted`);
      }
      const query = { group: 'fleet', from, limit: '1000' };
      const { metrics } = await api.get('/api/metrics/hourly', Metrics, query);
      const counted = metrics.reduce((sum, hour) => sum + hour.requests_received, 0);
      if (counted > shown) grewAtMs = performance.now();
      progress.advance(Math.min(counted, deliveries) - shown);
      shown = Math.min(counted, deliveries);
      return counted >= deliveries;
    },
    Number.POSITIVE_INFINITY,
  );
  progress.finish();
}

/** How many alerts fire now. */
export async function firingAlerts(api: QueryApi): Promise<number> {
  return (await api.get('/api/alerts', Alerts, { state: 'firing' })).alerts.length;
}

/** Whoever deployed the payments bot noted it. @param atMs - milliseconds since the epoch */
export async function noteDeployment(api: QueryApi, atMs: number): Promise<void> {
  const at = new Date(atMs).toISOString();
  await api.post('/api/annotations', { bot_id: 'payments', text: 'v2.3', at }, Annotation);
}

/** Somebody knows about the warehouse, and wants no mails about it. */
export async function silenceKnown(api: QueryApi): Promise<void> {
  await api.post(
    '/api/silences',
    {
      bot_id: 'warehouse',
      reason: 'Stocktaking: the bot is switched off until this evening',
      created_by: 'Mira',
      duration_minutes: SILENCED_MINUTES,
    },
    Silence,
  );
}
