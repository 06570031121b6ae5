/** Says that this machine is offline: what is shown is old, and is asked for again by itself. */
import { WifiOff } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { resources } from '../api/resources.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import './connection-notice.css';

export function ConnectionNotice() {
  const isOnline = useOnline();
  return (
    <div role="status">
      {!isOnline && (
        <div class="connection">
          <Icon icon={WifiOff} />
          <span>You are offline. What you see may be old.</span>
          <Button kind="quiet" onClick={() => resources.refresh()}>
            Try now
          </Button>
        </div>
      )}
    </div>
  );
}

function useOnline(): boolean {
  const [isOnline, setIsOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setIsOnline(navigator.onLine);
    window.addEventListener('online', update);
    window.addEventListener('offline', update);
    return () => {
      window.removeEventListener('online', update);
      window.removeEventListener('offline', update);
    };
  }, []);
  return isOnline;
}
