// biome-ignore-all lint/a11y/useSemanticElements: a select cannot be typed into, nor hold thousands.
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the field, as ARIA has it.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are the field's.
/**
 * Everything that one may go to or do, found by typing: pages, bots and actions
 * (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/).
 */

import { useId, useMemo, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { useSession } from '../api/session.tsx';
import { useBots } from '../bot-choice/use-bots.ts';
import { useSavedViews } from '../saved-views/use-saved-views.ts';
import { leaveScope, PAGE } from '../state/unsaved.ts';
import { choiceMatches } from '../ui/choice-matches.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Offer } from '../ui/offer.tsx';
import './command-palette.css';
import { type Command, commandsOf } from './commands.ts';
import { useTheme } from './theme.ts';

export interface CommandPaletteProps {
  readonly onClose: () => void;
  readonly showHelp: () => void;
}

/** Of a list that is scrolled by arrows. */
const MAX_SHOWN = 12;

export function CommandPalette({ onClose, showHelp }: CommandPaletteProps) {
  const id = useId();
  const { route } = useLocation();
  const session = useSession();
  const { bots } = useBots();
  const views = useSavedViews();
  const theme = useTheme();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const commands = useMemo(
    () =>
      commandsOf(session, bots, views, {
        showHelp,
        otherTheme: theme.shown === 'dark' ? 'light' : 'dark',
        chooseTheme: theme.choose,
      }),
    [session, bots, views, theme.shown],
  );
  const shown = useMemo(() => {
    const found = choiceMatches(commands, text).shown.slice(0, MAX_SHOWN);
    return found.flatMap(({ value }) => commands.find((command) => command.value === value) ?? []);
  }, [commands, text]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    const { does } = command;
    if ('path' in does) leaveScope(PAGE, () => route(does.path));
    else does.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') run(shown[active]);
    else if (event.key === 'ArrowDown') setActive(Math.min(active + 1, shown.length - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to or do" onClose={onClose}>
      <form class="palette" onSubmit={(event) => event.preventDefault()}>
        <input
          class="input"
          role="combobox"
          aria-label="Page, bot or action"
          aria-expanded={true}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={shown[active] ? `${id}-${active}` : undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder="Page, bot or action"
          value={text}
          onKeyDown={onKeyDown}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setActive(0);
          }}
        />
        <div id={`${id}-list`} class="palette-list" role="listbox" aria-label="Page, bot or action">
          {shown.map((command, index) => (
            <Offer
              key={command.value}
              id={`${id}-${index}`}
              choice={command}
              isActive={index === active}
              onChoose={() => run(command)}
            />
          ))}
        </div>
        {shown.length === 0 && <p class="palette-rest">No matches</p>}
      </form>
    </Dialog>
  );
}
