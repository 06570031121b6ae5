/** One silence: of what, by whom and why, from when until when; and ending it. */
import type { SilenceView } from '@hookpulse/api/new-silence';
import { BellRing } from 'lucide';
import { ruleTitle } from '../../format/alert-rules.ts';
import { Button } from '../../ui/button.tsx';
import { Time } from '../../ui/time.tsx';

export interface SilenceRowProps {
  readonly silence: SilenceView;
  /** Null: it has ended, or the viewer may not. */
  readonly onEnd: ((silence: SilenceView) => void) | null;
}

export function SilenceRow({ silence, onEnd }: SilenceRowProps) {
  const { bot_id, rule, reason, created_by, created_at, ends_at, active } = silence;
  return (
    <li class="alerts-item">
      <div class="alerts-what">
        <div class="alerts-subject">
          {bot_id === null ? 'All bots' : <a href={`/bots/${bot_id}`}>{bot_id}</a>}
          <span class="alerts-note">{rule === null ? 'all rules' : ruleTitle(rule)}</span>
        </div>
        <p class="alerts-reason">
          {created_by}: {reason}
        </p>
      </div>
      <span class="alerts-since">
        {active ? 'ends' : 'ended'} <Time at={ends_at} />
      </span>
      <div class="alerts-state alerts-note">
        <span>
          <Time at={created_at} as="short" /> – <Time at={ends_at} as="short" />
        </span>
      </div>
      {onEnd && (
        <Button icon={BellRing} onClick={() => onEnd(silence)}>
          End
        </Button>
      )}
    </li>
  );
}
