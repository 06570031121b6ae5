/** A button, or a link that looks like one. */
import type { IconNode } from 'lucide';
import type { ComponentChildren, Ref } from 'preact';
import './button.css';
import { Icon } from './icon.tsx';

export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger';

interface Look {
  readonly kind?: ButtonKind;
  readonly icon?: IconNode;
  /** What it does, when it shows an icon only. */
  readonly label?: string;
  readonly children?: ComponentChildren;
}

export interface ButtonProps extends Look {
  readonly type?: 'button' | 'submit';
  readonly onClick?: () => void;
  readonly isDisabled?: boolean;
  /** Something is under way that it has begun. */
  readonly isBusy?: boolean;
  /** Of a button that stays pressed. */
  readonly isPressed?: boolean;
  readonly buttonRef?: Ref<HTMLButtonElement>;
}

export function Button(props: ButtonProps) {
  const { type = 'button', onClick, isDisabled, isBusy = false, isPressed, buttonRef } = props;
  return (
    <button
      ref={buttonRef ?? null}
      type={type}
      class={classOf(props)}
      disabled={isDisabled}
      // Disabled, it would lose the focus; what it begins is begun once anyway.
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy}
      aria-pressed={isPressed}
      aria-label={props.label}
      title={props.label}
      onClick={isBusy ? undefined : onClick}
    >
      <Content {...props} />
    </button>
  );
}

export interface LinkButtonProps extends Look {
  readonly href: string;
  /** A file is there to be kept, not a page to be shown: its name where the answer says none. */
  readonly download?: string;
  /** Who follows it knows what is lost here, and is not asked: see `LeaveGuard`. */
  readonly leaves?: boolean;
}

export function LinkButton(props: LinkButtonProps) {
  const { href, label, download, leaves } = props;
  return (
    <a
      class={classOf(props)}
      href={href}
      download={download}
      data-leaves={leaves ? '' : undefined}
      aria-label={label}
      title={label}
    >
      <Content {...props} />
    </a>
  );
}

function Content({ icon, children }: Look) {
  return (
    <>
      {icon && <Icon icon={icon} />}
      {children && <span class="button-text">{children}</span>}
    </>
  );
}

function classOf({ kind = 'plain', children }: Look): string {
  return `button button-${kind}${children ? '' : ' button-icon'}`;
}
