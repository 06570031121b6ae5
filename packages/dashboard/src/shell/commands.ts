/** What the command palette offers: to go to a page or a bot, or to do something. */
import { PAGE_PATHS } from '@hookpulse/api/page-paths';
import type { OwnView } from '@hookpulse/api/saved-view-list';
import type { Session } from '../api/session.tsx';
import type { NamedBot } from '../bot-choice/bot-choices.ts';
import { PAGES } from '../pages/pages.tsx';
import type { Choice } from '../ui/choice-matches.ts';
import type { Theme } from './theme.ts';

export interface Command extends Choice {
  readonly does: { readonly path: string } | { readonly run: () => void };
}

export interface PaletteActions {
  readonly showHelp: () => void;
  readonly otherTheme: Theme;
  readonly chooseTheme: (theme: Theme) => void;
}

/** Pages first, then saved views and actions, then bots: of these there may be thousands. */
export function commandsOf(
  session: Pick<Session, 'reads' | 'writes' | 'writesAll'>,
  bots: readonly NamedBot[],
  views: readonly OwnView[],
  { showHelp, otherTheme, chooseTheme }: PaletteActions,
): readonly Command[] {
  const pages = PAGES.filter(({ access }) => access === 'health' || session.reads).map(
    ({ path, title }) => ({ value: path, title, note: 'Page', does: { path } }),
  );
  const actions: Command[] = [
    ...(session.writesAll ? [go('/bots?add=1', 'Add a bot')] : []),
    ...(session.reads
      ? [
          go('/errors?range=15m', 'Show errors of the last 15 minutes'),
          go('/events?status=failed', 'Show failed events'),
        ]
      : [go('/sign-in', 'Sign in')]),
    go(PAGE_PATHS.tv, 'Show the fleet on a large screen'),
    ...(session.writesAll ? [go('/alerts?tab=settings', 'Change alert settings')] : []),
    doing('theme', `Use ${otherTheme} colours`, () => chooseTheme(otherTheme)),
    doing('help', 'Show keyboard shortcuts', showHelp),
  ];
  const saved = views.map(({ view_id, name, path }) => ({
    value: `view ${view_id}`,
    title: name,
    note: 'Saved view',
    does: { path },
  }));
  const named = bots.map(({ bot_id, name }) => ({
    value: `bot ${bot_id}`,
    title: name,
    note: name === bot_id ? 'Bot' : bot_id,
    does: { path: `/bots/${bot_id}` },
  }));
  return [...pages, ...saved, ...actions, ...named];
}

function go(path: string, title: string): Command {
  return { value: path, title, note: 'Action', does: { path } };
}

function doing(value: string, title: string, run: () => void): Command {
  return { value, title, note: 'Action', does: { run } };
}
