/** A value as indented JSON, that can be copied. */
import { CopyButton } from './copy-button.tsx';
import './json-view.css';

export interface JsonViewProps {
  readonly title: string;
  readonly value: object;
  /** What is copied, such as "the event as JSON". */
  readonly what: string;
}

export function JsonView({ title, value, what }: JsonViewProps) {
  const json = JSON.stringify(value, null, 2);
  return (
    <section class="json">
      <header>
        <h3>{title}</h3>
        <CopyButton text={json} what={what} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard. */}
      <pre tabIndex={0}>{json}</pre>
    </section>
  );
}
