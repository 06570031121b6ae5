/** Starts the query API on engines that the caller has opened, and closes afterwards. */

import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import { followAlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import { followAnnotations } from '@hookpulse/topic-tables/annotations/annotations';
import { followErrorMarks } from '@hookpulse/topic-tables/errors/error-marks';
import { followForwardingStatuses } from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import { followRebuilds } from '@hookpulse/topic-tables/rebuilds/rebuilds';
import { followSavedViews } from '@hookpulse/topic-tables/saved-views/saved-views';
import { followStatusPages } from '@hookpulse/topic-tables/status-pages/status-pages';
import { openSessions } from './access/sessions.ts';
import { createQueryApi, type QueryApiDeps, type QueryApiSettings } from './app.ts';
import { followAudit } from './audit/audit-trail.ts';

/** How long stopping waits for the log to let go of a reader. */
const FOLLOWER_PATIENCE_MS = 500;

export interface StartDeps extends Omit<QueryApiDeps, keyof Followed> {
  readonly settings: QueryApiSettings & {
    readonly host: string;
    /** 0: any free port. */
    readonly port: number;
  };
}

export interface RunningQueryApi {
  /** `http://host:port`, with the port that was really taken. */
  readonly url: string;
  /** Stops accepting, and resolves when the requests under way have been answered. */
  close(): Promise<void>;
}

type Followed = ReturnType<typeof follow>;

/** What is given to the app, and closed with it. */
function follow({ log, logger, clock }: Pick<QueryApiDeps, 'log' | 'logger' | 'clock'>) {
  const topic = { log, logger };
  return {
    rebuilds: followRebuilds(topic),
    forwarding: followForwardingStatuses(topic),
    alerts: followAlertStates(topic),
    errorMarks: followErrorMarks(topic),
    annotations: followAnnotations(topic),
    statusPages: followStatusPages(topic),
    savedViews: followSavedViews(topic),
    audit: followAudit(topic),
    sessions: openSessions({ log, logger, clock }),
  };
}

/** Resolves when it listens. Rejects when the address cannot be had. */
export async function start({ settings, ...deps }: StartDeps): Promise<RunningQueryApi> {
  const followed = follow(deps);
  const closeAll = () => Promise.all(Object.values(followed).map((one) => one.close()));
  const app = createQueryApi(settings, { ...deps, ...followed });
  try {
    const url = await app.listen({ host: settings.host, port: settings.port });
    return {
      url,
      async close() {
        const closed = closeAll();
        await app.close();
        // Of a log that is away nothing comes; whoever opened it closes what is left.
        await settleWithin(FOLLOWER_PATIENCE_MS, () => closed);
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
