/** The dashboard: the session, the shell around the page, and the page itself. */

import { PAGE_PATHS } from '@hookpulse/api/page-paths';
import { Route, Router } from 'preact-iso';
import { SessionProvider } from './api/session.tsx';
import { BaseLocationProvider } from './base-location.tsx';
import { BotPage } from './pages/bot/bot-page.tsx';
import { EventPage } from './pages/events/event-page.tsx';
import { Gate } from './pages/gate.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { PAGES } from './pages/pages.tsx';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';
import { PageGuard } from './shell/page-guard.tsx';
import { Shell } from './shell/shell.tsx';

export function App() {
  return (
    <BaseLocationProvider>
      <SessionProvider>
        <Shell>
          <PageGuard>
            <Router onRouteChange={showFromTop}>
              {PAGES.map(({ path, access, component }) => (
                <Route key={path} path={path} component={Gate} access={access} page={component} />
              ))}
              <Route path={PAGE_PATHS.bot} component={Gate} access="health" page={BotPage} />
              <Route path={PAGE_PATHS.event} component={Gate} access="read" page={EventPage} />
              <Route path={PAGE_PATHS.signIn} component={SignInPage} />
              <Route default component={NotFoundPage} />
            </Router>
          </PageGuard>
        </Shell>
      </SessionProvider>
    </BaseLocationProvider>
  );
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
