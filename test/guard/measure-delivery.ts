/** What a delivery costs a process that does nothing else, by `delivery-process.ts`. */
import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { bodyOf, SECRET_HEADERS } from './deliveries.ts';

/** Worse: a regression of `worsened.ts`, by which the guard shows that it notices. */
export type Variant = 'as it is' | 'worse';

/** What the child process says. */
export type ChildReport =
  | { readonly kind: 'heap'; readonly bytes: number }
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'system calls'; readonly count: number };

/**
 * Makes the count of bytes repeatable to a thousandth: the young generation holds all that is
 * allocated, so that nothing is collected, and no code is compiled into such that allocates less.
 */
const FLAGS = ['--min-semi-space-size=256', '--max-semi-space-size=256', '--no-opt', '--no-maglev'];
const PROGRAM = fileURLToPath(new URL('./delivery-process.ts', import.meta.url));
const WARM_UP = 50;
const DELIVERIES = 200;

/** Bytes on the heap beyond those of a bare Fastify handler that answers the same request. */
export async function heapBytesPerDelivery(variant: Variant = 'as it is'): Promise<number> {
  return withProcess(['heap', 'memory', variant], async (next) => {
    const report = await next('heap');
    return Math.round(report.bytes);
  });
}

/** Deliveries come one after the other on one connection. */
export async function systemCallsPerDelivery(
  log: 'memory' | 'embedded',
  variant: Variant = 'as it is',
): Promise<number> {
  return withProcess(['system calls', log, variant], async (next, child) => {
    const { url } = await next('listening');
    const count = async () => {
      child.send('count');
      return (await next('system calls')).count;
    };
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      await deliverInTurn(url, agent, 0, WARM_UP);
      // What the counting itself costs is in the difference of two counts.
      const counting = -(await count()) + (await count());
      const before = await count();
      await deliverInTurn(url, agent, WARM_UP, DELIVERIES);
      return ((await count()) - before - counting) / DELIVERIES;
    } finally {
      agent.destroy();
    }
  });
}

async function deliverInTurn(url: string, agent: Agent, first: number, count: number) {
  for (let nth = first; nth < first + count; nth += 1) {
    const sent = request(`${url}/webhook/alpha`, {
      method: 'POST',
      agent,
      headers: SECRET_HEADERS,
    });
    sent.end(bodyOf(nth));
    const [answer] = await once(sent, 'response');
    await text(answer);
    if (answer.statusCode !== 200) throw new Error(`a delivery was answered ${answer.statusCode}`);
  }
}

type ReportOf<Kind extends ChildReport['kind']> = Extract<ChildReport, { kind: Kind }>;
type Next = <Kind extends ChildReport['kind']>(kind: Kind) => Promise<ReportOf<Kind>>;

function isOf<Kind extends ChildReport['kind']>(
  kind: Kind,
  report: ChildReport | undefined,
): report is ReportOf<Kind> {
  return report?.kind === kind;
}

async function withProcess<Result>(
  args: readonly string[],
  ask: (next: Next, child: ChildProcess) => Promise<Result>,
): Promise<Result> {
  const child = fork(PROGRAM, args, {
    env: { PATH: process.env.PATH ?? '' },
    execArgv: [...FLAGS, '--disable-warning=ExperimentalWarning'],
  });
  const exited = once(child, 'exit');
  // Messages that come while nobody waits are kept.
  const messages = on(child, 'message', { close: ['exit'] });
  try {
    return await ask(async (kind) => {
      const { value } = await messages.next();
      const report: ChildReport | undefined = value?.[0];
      if (!isOf(kind, report)) throw new Error(`no ${kind} from ${args.join(', ')}`);
      return report;
    }, child);
  } finally {
    if (child.connected) child.disconnect();
    await exited;
  }
}
