/** The way from page to page; on phones a bar at the bottom. */

import { PAGE_PATHS } from '@hookpulse/api/page-paths';
import { signInPath } from '@hookpulse/api/sign-in-path';
import { CircleQuestionMark, Keyboard, LogIn, LogOut, Moon, Sun } from 'lucide';
import { useLocation } from 'preact-iso';
import { useSession } from '../api/session.tsx';
import { useWrite } from '../api/use-write.ts';
import { PAGES, type Page } from '../pages/pages.tsx';
import { leaveScope, PAGE } from '../state/unsaved.ts';
import { Button, LinkButton } from '../ui/button.tsx';
import { HelpLink } from '../ui/help-link.tsx';
import { Icon } from '../ui/icon.tsx';
import { useFiringAlerts } from './firing-alerts.ts';
import { Logo } from './logo.tsx';
import './sidebar.css';
import { useTheme } from './theme.ts';

export function Sidebar({ showHelp }: { readonly showHelp: () => void }) {
  const { path } = useLocation();
  const firing = useFiringAlerts();
  return (
    <aside class="sidebar">
      <a class="brand" href="/">
        <Logo />
        Hookpulse
      </a>
      <nav aria-label="Pages">
        <ul>
          {PAGES.map((page) => (
            <li key={page.path}>
              <a href={page.path} aria-current={isWithin(page, path) ? 'page' : undefined}>
                <Icon icon={page.icon} />
                {page.title}
                {page.path === PAGE_PATHS.alerts && firing !== null && (
                  <span class="nav-count">
                    {firing}
                    <span class="visually-hidden"> firing</span>
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="sidebar-foot">
        <ThemeToggle />
        <Button kind="quiet" icon={Keyboard} label="Keyboard shortcuts" onClick={showHelp} />
        <HelpLink look="button">
          <Icon icon={CircleQuestionMark} />
          <span class="visually-hidden">Troubleshooting guide</span>
        </HelpLink>
        <SignInOrOut />
      </div>
    </aside>
  );
}

function ThemeToggle() {
  const { shown, choose } = useTheme();
  const other = shown === 'dark' ? 'light' : 'dark';
  return (
    <Button
      kind="quiet"
      icon={shown === 'dark' ? Sun : Moon}
      label={`Use ${other} colours`}
      onClick={() => choose(other)}
    />
  );
}

function SignInOrOut() {
  const { access, signOut } = useSession();
  const { url } = useLocation();
  const { run, isBusy } = useWrite();
  if (access === 'none') {
    return (
      <LinkButton icon={LogIn} href={signInPath(url)}>
        Sign in
      </LinkButton>
    );
  }
  return (
    <Button
      kind="quiet"
      icon={LogOut}
      label={`Sign out (${access})`}
      isBusy={isBusy}
      onClick={() => leaveScope(PAGE, () => void run(signOut))}
    />
  );
}

/** Also on a page below it, such as that of one bot. */
function isWithin({ path, below = [] }: Page, current: string): boolean {
  return current === path || below.some((prefix) => current.startsWith(prefix));
}
