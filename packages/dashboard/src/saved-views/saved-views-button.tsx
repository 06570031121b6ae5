/** Beside the title of a page with filters: views that were saved, and keeping this one. */
import { Bookmark } from 'lucide';
import { useState } from 'preact/hooks';
import { ErrorBoundary, lazy } from 'preact-iso';
import { useSession } from '../api/session.tsx';
import { Button } from '../ui/button.tsx';

const SavedViewsDialog = lazy(() =>
  import('./saved-views-dialog.tsx').then((dialog) => dialog.SavedViewsDialog),
);

export function SavedViewsButton() {
  const { reads } = useSession();
  const [isOpen, setIsOpen] = useState(false);
  if (!reads) return null;
  return (
    <>
      <Button kind="quiet" icon={Bookmark} label="Saved views" onClick={() => setIsOpen(true)} />
      {isOpen && (
        <ErrorBoundary>
          <SavedViewsDialog onClose={() => setIsOpen(false)} />
        </ErrorBoundary>
      )}
    </>
  );
}
