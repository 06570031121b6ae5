/** The list of keys that work everywhere. */
import { PAGES } from '../pages/pages.tsx';
import { Dialog } from '../ui/dialog.tsx';
import './shortcuts-help.css';

export function ShortcutsHelp({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl class="shortcuts">
        {PAGES.map(({ title, shortcut }) => (
          <Line key={shortcut} does={`Go to ${title}`} keys={['g', shortcut]} />
        ))}
        <Line does="Go to or do anything" keys={['Ctrl', 'k']} />
        <Line does="Search on this page" keys={['/']} />
        <Line does="Show keyboard shortcuts" keys={['?']} />
      </dl>
    </Dialog>
  );
}

function Line({ does, keys }: { readonly does: string; readonly keys: readonly string[] }) {
  return (
    <div>
      <dt>{does}</dt>
      <dd>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dd>
    </div>
  );
}
