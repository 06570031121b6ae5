/** What a silence holds back, in words. */
import type { SilenceView } from '@hookpulse/api/new-silence';
import { ruleTitle } from '../../format/alert-rules.ts';

/** `orders-bot (No traffic)`, `all bots` */
export function subjectText({ bot_id, rule }: Pick<SilenceView, 'bot_id' | 'rule'>): string {
  return `${bot_id ?? 'all bots'}${rule === null ? '' : ` (${ruleTitle(rule)})`}`;
}
