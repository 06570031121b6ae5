/** Switches notifications of this browser on and off. Nothing is asked before somebody clicks. */
import { BellPlus, BellRing } from 'lucide';
import { Button } from '../ui/button.tsx';
import { showToast } from '../ui/toast.tsx';
import { switchOff, switchOn, useNotificationSwitch } from './notification-switch.ts';

export function NotificationButton() {
  const state = useNotificationSwitch();
  switch (state) {
    case 'unsupported':
      return null;
    case 'on':
      return (
        <Button
          icon={BellRing}
          onClick={() => {
            switchOff();
            showToast({ tone: 'idle', text: 'This browser no longer notifies of alerts.' });
          }}
        >
          Stop notifying
        </Button>
      );
    case 'off':
    case 'blocked':
      return (
        <Button icon={BellPlus} onClick={() => void begin()}>
          Notify in this browser
        </Button>
      );
    default:
      return state satisfies never;
  }
}

async function begin(): Promise<void> {
  const state = await switchOn();
  if (state === 'on') {
    const text = 'This browser notifies of alerts as long as a tab of Hookpulse is open.';
    showToast({ tone: 'good', text });
  } else if (state === 'unsupported') {
    showToast({ tone: 'warn', text: 'This browser cannot show notifications of a page.' });
  } else {
    const text =
      'The browser does not allow notifications. Allow them in the settings of this site.';
    showToast({ tone: 'warn', text });
  }
}
