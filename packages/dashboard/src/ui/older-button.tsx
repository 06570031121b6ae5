/** Below a list that is read page by page: reads the next one. Nothing when there is none. */
import type { Pages } from '../api/use-pages.ts';
import { Button } from './button.tsx';
import { FormError } from './fields.tsx';
import './older-button.css';

type Older = Pick<Pages<unknown>, 'hasOlder' | 'reading' | 'readOlder'>;

export function OlderButton({ pages }: { readonly pages: Older }) {
  const { hasOlder, reading, readOlder } = pages;
  if (!hasOlder) return null;
  return (
    <div class="older">
      <FormError error={reading.error} />
      <Button isBusy={reading.isBusy} onClick={readOlder}>
        Show older
      </Button>
    </div>
  );
}
