/**
 * Says that no answer comes: what is shown is old, and is asked for again by itself. Judged by answers:
 * a browser calls itself offline also where Hookpulse runs on its own machine.
 */
import { WifiOff } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { REACHED_EVENT, UNREACHED_EVENT } from '../api/client.ts';
import { resources } from '../api/resources.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import './notice.css';

export function ConnectionNotice() {
  const isReached = useReached();
  return (
    <div role="status">
      {!isReached && (
        <div class="notice">
          <Icon icon={WifiOff} />
          <span>Hookpulse cannot be reached. This page may be out of date.</span>
          <Button kind="quiet" onClick={() => resources.refresh()}>
            Try now
          </Button>
        </div>
      )}
    </div>
  );
}

function useReached(): boolean {
  const [isReached, setIsReached] = useState(true);
  useEffect(() => {
    const onReached = () => setIsReached(true);
    const onUnreached = () => setIsReached(false);
    window.addEventListener(REACHED_EVENT, onReached);
    window.addEventListener(UNREACHED_EVENT, onUnreached);
    return () => {
      window.removeEventListener(REACHED_EVENT, onReached);
      window.removeEventListener(UNREACHED_EVENT, onUnreached);
    };
  }, []);
  return isReached;
}
