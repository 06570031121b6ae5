/** The dashboard: the session, the shell around the page, and the page itself. */

import { PAGE_PATHS } from '@hookpulse/api/page-paths';
import type { ComponentChildren } from 'preact';
import { ErrorBoundary, lazy, Route, Router, useLocation } from 'preact-iso';
import { SessionProvider } from './api/session.tsx';
import { BaseLocationProvider } from './base-location.tsx';
import { Notifier } from './notifications/notifier.tsx';
import { Gate } from './pages/gate.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { PAGES } from './pages/pages.tsx';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';
import { PageGuard } from './shell/page-guard.tsx';
import { Shell } from './shell/shell.tsx';

const BotPage = lazy(() => import('./pages/bot/bot-page.tsx').then((page) => page.BotPage));
const EventPage = lazy(() =>
  import('./pages/events/event-page.tsx').then((page) => page.EventPage),
);

const TvPage = lazy(() => import('./pages/tv/tv-page.tsx').then((page) => page.TvPage));

export function App() {
  return (
    <BaseLocationProvider>
      <SessionProvider>
        <Frame>
          <PageGuard>
            <ErrorBoundary>
              <Router onRouteChange={showFromTop}>
                {PAGES.map(({ path, access, component }) => (
                  <Route key={path} path={path} component={Gate} access={access} page={component} />
                ))}
                <Route path={PAGE_PATHS.bot} component={Gate} access="health" page={BotPage} />
                <Route path={PAGE_PATHS.event} component={Gate} access="read" page={EventPage} />
                <Route path={PAGE_PATHS.tv} component={Gate} access="health" page={TvPage} />
                <Route path={PAGE_PATHS.signIn} component={SignInPage} />
                <Route default component={NotFoundPage} />
              </Router>
            </ErrorBoundary>
          </PageGuard>
        </Frame>
        <Notifier />
      </SessionProvider>
    </BaseLocationProvider>
  );
}

/** A screen on a wall shows the page alone. */
function Frame({ children }: { readonly children: ComponentChildren }) {
  const { path } = useLocation();
  return path === PAGE_PATHS.tv ? children : <Shell>{children}</Shell>;
}

let shownPath = window.location.pathname;

/** Another page begins at its top; other filters of the same page do not move it. */
function showFromTop(): void {
  const { pathname } = window.location;
  if (pathname === shownPath) return;
  shownPath = pathname;
  window.scrollTo(0, 0);
  document.getElementById('main')?.focus({ preventScroll: true });
}
