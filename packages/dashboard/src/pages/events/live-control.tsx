/** Whether what happens is shown as it happens, and the button that holds it back. */
import { Pause, Play } from 'lucide';
import { Button } from '../../ui/button.tsx';
import type { FeedState } from './event-feed.ts';
import './live-control.css';

const WORDS: Readonly<Record<FeedState['live'], string>> = {
  connecting: 'Connecting …',
  live: 'Live',
  reconnecting: 'Reconnecting …',
  off: 'Not live',
};

export interface LiveControlProps {
  readonly live: FeedState['live'];
  readonly isPaused: boolean;
  readonly onPause: (isPaused: boolean) => void;
}

export function LiveControl({ live, isPaused, onPause }: LiveControlProps) {
  const isLive = live === 'live' && !isPaused;
  return (
    <>
      <span class={isLive ? 'live is-live' : 'live'} role="status">
        <span class="live-dot" aria-hidden="true" />
        {live !== 'off' && isPaused ? 'Paused' : WORDS[live]}
      </span>
      {live !== 'off' && (
        <Button icon={isPaused ? Play : Pause} onClick={() => onPause(!isPaused)}>
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
      )}
    </>
  );
}
