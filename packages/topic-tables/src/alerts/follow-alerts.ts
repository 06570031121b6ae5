/** The board of alerts for a service that starts without waiting for it, and lives without it. */
import { type Followed, followInBackground } from '@hookpulse/event-log/follow-in-background';
import { type AlertBoard, type AlertBoardDeps, openAlertBoard } from './alert-board.ts';

export type FollowedAlerts = Followed<AlertBoard>;

/** Tries again until the log answers. */
export function followAlerts(deps: AlertBoardDeps): FollowedAlerts {
  return followInBackground({
    what: 'alerts',
    logger: deps.logger,
    open: (signal) => openAlertBoard({ ...deps, signal }),
  });
}
