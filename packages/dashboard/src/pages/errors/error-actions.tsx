/** What one says of a group: it is resolved, it is ignored for a while, or neither any more. */
import type { ErrorGroup } from '@hookpulse/api/error-groups';
import { DAY_MS, HOUR_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { BellOff, Check, Undo2 } from 'lucide';
import { ApiError, askApi } from '../../api/client.ts';
import { resources } from '../../api/resources.ts';
import { serverNow } from '../../api/server-clock.ts';
import { useSession } from '../../api/session.tsx';
import { useWrite } from '../../api/use-write.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/fields.tsx';
import { showToast } from '../../ui/toast.tsx';
import { ERRORS_PATH } from './error-queries.ts';
import { ERROR_STATE_WORDS } from './error-words.ts';

const SPANS = [
  { value: '', title: 'Ignore for …' },
  { value: `${HOUR_MS}`, title: '1 hour' },
  { value: `${DAY_MS}`, title: '24 hours' },
  { value: `${7 * DAY_MS}`, title: '7 days' },
  { value: `${30 * DAY_MS}`, title: '30 days' },
];

type Change = { readonly state: 'resolved' | 'ignored' | 'open'; readonly ignored_until?: string };

export function ErrorActions({ group }: { readonly group: ErrorGroup }) {
  const { writesAll } = useSession();
  const { run, isBusy, error } = useWrite();
  if (!writesAll) return null;
  const change = (body: Change) =>
    void run(async () => {
      const changed = await write(group.fingerprint, body);
      if (body.state === 'open') return;
      showToast({
        tone: 'good',
        text: `${group.error_type ?? 'The error'} is ${ERROR_STATE_WORDS[changed.state].toLowerCase()}.`,
        action: { title: 'Undo', run: () => void undo(group.fingerprint) },
      });
    });
  const isOpen = group.state !== 'resolved' && group.state !== 'ignored';
  return (
    <>
      {isOpen ? (
        <>
          <Button icon={Check} isBusy={isBusy} onClick={() => change({ state: 'resolved' })}>
            Resolve
          </Button>
          <SelectField
            label="Ignore"
            isCompact
            options={SPANS}
            value=""
            onInput={(spanMs) => {
              if (spanMs === '') return;
              const ignored_until = iso(serverNow() + Number(spanMs));
              change({ state: 'ignored', ignored_until });
            }}
          />
        </>
      ) : (
        <Button
          icon={group.state === 'ignored' ? BellOff : Undo2}
          isBusy={isBusy}
          onClick={() => change({ state: 'open' })}
        >
          Reopen
        </Button>
      )}
      {error && <p role="alert">{error.message}</p>}
    </>
  );
}

/** @throws ApiError */
async function write(fingerprint: string, body: Change): Promise<ErrorGroup> {
  const changed = await askApi<ErrorGroup>(`${ERRORS_PATH}/${fingerprint}`, {
    method: 'PATCH',
    body,
  });
  resources.refresh(ERRORS_PATH);
  return changed;
}

async function undo(fingerprint: string): Promise<void> {
  try {
    await write(fingerprint, { state: 'open' });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showToast({ tone: 'bad', text: `Undo failed: ${error.message}` });
  }
}
