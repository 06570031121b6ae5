/**
 * Child process of the benchmark of hand-overs: undici alone. It posts updates to the bots, by a pool of
 * connections for each, reads the answers, and does nothing else.
 *
 *   node forward-posts-load.ts <URL of the bots> <bots> <requests at once to each bot>
 */
import { Pool } from 'undici';
import { benchBots } from './forward-bots.ts';
import type { PostsOrder } from './forward-protocol.ts';
import { UpdateSource } from './forward-updates.ts';

const [url = '', bots = '', atOnce = ''] = process.argv.slice(2);
const fleet = benchBots(Number(bots));
const pools = fleet.map(() => new Pool(url, { connections: Number(atOnce), pipelining: 1 }));
const source = new UpdateSource(fleet);
/** Bodies that are left, by bot. */
let queues: string[][] = [];

process.on('message', async (order: PostsOrder) => {
  if (order.kind === 'prepare') prepare(order.firstId, order.count);
  else await Promise.all(pools.flatMap((pool, bot) => postersOf(pool, bot)));
  process.send?.('done');
});
// Nothing is left running when the parent is gone.
process.once('disconnect', () => process.exit());
process.send?.('started');

function prepare(firstId: number, count: number): void {
  queues = fleet.map(() => []);
  for (let id = firstId + count - 1; id >= firstId; id -= 1) {
    queues[source.botOf(id).number]?.push(source.bodyOf(id));
  }
}

function postersOf(pool: Pool, bot: number): Promise<void>[] {
  return Array.from({ length: Number(atOnce) }, async () => {
    for (let body = queues[bot]?.pop(); body !== undefined; body = queues[bot]?.pop()) {
      const answer = await pool.request({
        method: 'POST',
        path: `/${bot}`,
        headers: { 'content-type': 'application/json' },
        body,
      });
      if (answer.statusCode !== 200) throw new Error(`a bot answered ${answer.statusCode}`);
      await answer.body.dump();
    }
  });
}
