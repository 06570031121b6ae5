/** What a bot is called; with its id where others are called the same. */
import './bot-name.css';

export interface BotNameProps {
  readonly id: string;
  readonly name: string;
  /** Whether the name alone does not tell which bot it is. */
  readonly isShared: boolean;
}

export function BotName({ id, name, isShared }: BotNameProps) {
  if (!isShared || name === id) return <>{name}</>;
  return (
    <>
      {name} <span class="bot-name-id">{id}</span>
    </>
  );
}

/** The same as a text. */
export function botNameText({ id, name, isShared }: BotNameProps): string {
  return isShared && name !== id ? `${name} (${id})` : name;
}
