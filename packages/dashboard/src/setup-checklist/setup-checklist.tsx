/** What is still to be done until Hookpulse would wake somebody; nothing once it is. */
import { Card } from '../ui/card.tsx';
import { ToneMark } from '../ui/status-badge.tsx';
import './setup-checklist.css';

export interface SetupStep {
  readonly title: string;
  readonly isDone: boolean;
  /** How it is done: a page, or what is to happen by itself. */
  readonly href?: string;
  readonly hint: string;
}

export function SetupChecklist({ steps }: { readonly steps: readonly SetupStep[] }) {
  const done = steps.filter(({ isDone }) => isDone).length;
  if (done === steps.length) return null;
  return (
    <Card
      title="Set-up"
      aside={<span class="checklist-count">{`${done} of ${steps.length}`}</span>}
    >
      <ol class="checklist">
        {steps.map(({ title, isDone, href, hint }) => (
          <li key={title}>
            <ToneMark tone={isDone ? 'good' : 'idle'} />
            <span class="checklist-title">
              {title}
              <span class="visually-hidden">{isDone ? ' (done)' : ' (to be done)'}</span>
            </span>
            {!isDone && (
              <span class="checklist-hint">{href ? <a href={href}>{hint}</a> : hint}</span>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
