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

export interface StartDeps
  extends Omit<
    QueryApiDeps,
    | 'alerts'
    | 'rebuilds'
    | 'forwarding'
    | 'audit'
    | 'sessions'
    | 'errorMarks'
    | 'annotations'
    | 'statusPages'
    | 'savedViews'
  > {
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

/** Resolves when it listens. Rejects when the address cannot be had. */
export async function start({ settings, ...deps }: StartDeps): Promise<RunningQueryApi> {
  const { log, logger, clock } = deps;
  const rebuilds = followRebuilds({ log, logger });
  const forwarding = followForwardingStatuses({ log, logger });
  const alerts = followAlertStates({ log, logger });
  const errorMarks = followErrorMarks({ log, logger });
  const annotations = followAnnotations({ log, logger });
  const statusPages = followStatusPages({ log, logger });
  const savedViews = followSavedViews({ log, logger });
  const audit = followAudit({ log, logger });
  const sessions = openSessions({ log, logger, clock });
  const followed = [
    rebuilds,
    forwarding,
    alerts,
    errorMarks,
    annotations,
    statusPages,
    audit,
    sessions,
  ];
  const closeAll = () => Promise.all(followed.map((one) => one.close()));
  const app = createQueryApi(settings, {
    ...deps,
    ...{
      alerts,
      rebuilds,
      forwarding,
      errorMarks,
      annotations,
      statusPages,
      savedViews,
      audit,
      sessions,
    },
  });
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
