/** An action on a bot: its title, what it means, and its button. */
import type { ComponentChildren } from 'preact';

export interface BotActionProps {
  readonly title: string;
  readonly meaning: string;
  /** The button. */
  readonly children: ComponentChildren;
}

export function BotAction({ title, meaning, children }: BotActionProps) {
  return (
    <div class="bot-action">
      <div>
        <h3>{title}</h3>
        <p>{meaning}</p>
      </div>
      {children}
    </div>
  );
}
