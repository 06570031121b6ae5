/** Sends a test notification to a receiver, and says what became of it. */
import { ALERT_TEST_PATH, type AlertTestView } from '@hookpulse/api/alert-test';
import { useState } from 'preact/hooks';
import { askApi } from '../api/client.ts';
import { useTask } from '../api/use-write.ts';
import { testSentence, testTone } from '../format/alert-words.ts';
import { Button } from '../ui/button.tsx';
import { FormError } from '../ui/fields.tsx';
import { ToneMark } from '../ui/status-badge.tsx';

export interface TestReceiversProps {
  /** Written whole, or short where they are set already. */
  readonly receivers: readonly string[];
}

export function TestReceivers({ receivers }: TestReceiversProps) {
  if (receivers.length === 0) return null;
  return (
    <ul class="receiver-tests" aria-label="Test notifications">
      {receivers.map((receiver) => (
        <TestReceiver key={receiver} receiver={receiver} />
      ))}
    </ul>
  );
}

function TestReceiver({ receiver }: { readonly receiver: string }) {
  const { run, isBusy, error } = useTask();
  const [answer, setAnswer] = useState<AlertTestView | null>(null);

  async function send(): Promise<void> {
    setAnswer(null);
    await run(async () => {
      const request = { method: 'POST', body: { receiver } } as const;
      setAnswer(await askApi<AlertTestView>(ALERT_TEST_PATH, request));
    });
  }

  return (
    <li>
      <Button onClick={() => void send()} isBusy={isBusy}>
        Send test
      </Button>
      <span class="receiver-name">{receiver}</span>
      <span role="status">
        {answer && (
          <>
            <ToneMark tone={testTone(answer)} /> {testSentence(answer)}
          </>
        )}
      </span>
      {error && <FormError error={error} />}
    </li>
  );
}
