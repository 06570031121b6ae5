/** The one bot of benchmarks that need no more. */
import type { Bot } from '@hookpulse/common/bots/bot';
import { sha256Hex } from '@hookpulse/common/values/secrets';
import { BENCH_BOT_ID, BENCH_SECRET } from './ingest-protocol.ts';

export function benchBot(): Bot {
  const now = new Date().toISOString();
  return {
    bot_id: BENCH_BOT_ID,
    name: 'Bench',
    enabled: true,
    webhook_secret_sha256: sha256Hex(BENCH_SECRET),
    report_token_sha256: sha256Hex(`${BENCH_SECRET}-report`),
    created_at: now,
    updated_at: now,
  };
}
