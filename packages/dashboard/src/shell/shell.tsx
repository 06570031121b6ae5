/** What surrounds every page. */
import type { ComponentChildren } from 'preact';
import { useCallback, useState } from 'preact/hooks';
import { ErrorBoundary, lazy } from 'preact-iso';
import { useRowClicks } from '../ui/row-clicks.ts';
import { Toasts } from '../ui/toast.tsx';
import { ConnectionNotice } from './connection-notice.tsx';
import { LeaveGuard } from './leave-guard.tsx';
import { ReceiverNotice } from './receiver-notice.tsx';
import './shell.css';
import { useShortcuts } from './shortcuts.ts';
import { ShortcutsHelp } from './shortcuts-help.tsx';
import { Sidebar } from './sidebar.tsx';
import { SignInDialog } from './sign-in-dialog.tsx';

const CommandPalette = lazy(() =>
  import('./command-palette.tsx').then((palette) => palette.CommandPalette),
);

export function Shell({ children }: { readonly children: ComponentChildren }) {
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const showHelp = useCallback(() => setIsHelpOpen(true), []);
  const [isPaletteOpen, setIsPaletteOpen] = useState(false);
  const showPalette = useCallback(() => setIsPaletteOpen(true), []);
  useShortcuts({ showHelp, showPalette });
  useRowClicks();
  return (
    <div class="shell">
      <a class="skip-link" href="#main">
        Skip to content
      </a>
      <Sidebar showHelp={showHelp} />
      <main id="main" class="main" tabIndex={-1}>
        <ConnectionNotice />
        <ReceiverNotice />
        {children}
      </main>
      <Toasts />
      <SignInDialog />
      <LeaveGuard />
      {isPaletteOpen && (
        <ErrorBoundary>
          <CommandPalette onClose={() => setIsPaletteOpen(false)} showHelp={showHelp} />
        </ErrorBoundary>
      )}
      {isHelpOpen && <ShortcutsHelp onClose={() => setIsHelpOpen(false)} />}
    </div>
  );
}
