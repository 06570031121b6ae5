/** The board of rebuilds for a service that starts without waiting for it, and lives without it. */
import { type Followed, followInBackground } from '@hookpulse/event-log/follow-in-background';
import { openRebuildBoard, type RebuildBoard, type RebuildBoardDeps } from './rebuild-board.ts';

export type FollowedRebuilds = Followed<RebuildBoard>;

/** Tries again until the log answers. */
export function followRebuilds(deps: RebuildBoardDeps): FollowedRebuilds {
  return followInBackground({
    what: 'requests to rebuild',
    logger: deps.logger,
    open: (signal) => openRebuildBoard({ ...deps, signal }),
  });
}
