/** Where there is nothing: why, and what to do next. */
import { type IconNode, Inbox } from 'lucide';
import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';
import './state-message.css';

export interface EmptyStateProps {
  readonly title: string;
  readonly icon?: IconNode;
  /** What to do next. */
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
}

export function EmptyState({ title, icon = Inbox, children, actions }: EmptyStateProps) {
  return (
    <div class="state">
      <span class="state-icon">
        <Icon icon={icon} size={20} />
      </span>
      <h2>{title}</h2>
      <div class="state-text">{children}</div>
      {actions && <div class="state-actions">{actions}</div>}
    </div>
  );
}
