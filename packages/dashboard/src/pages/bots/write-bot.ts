/** After a bot was changed: what tells of bots is asked for anew. */
import { resources } from '../../api/resources.ts';
import { NOTIFICATIONS_PATH } from '../../format/notification-words.ts';

export function refreshBots(): void {
  resources.refresh('/api/bots');
  resources.refresh('/api/health');
  resources.refresh(NOTIFICATIONS_PATH);
}
