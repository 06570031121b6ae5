/** A link to the troubleshooting guide, which opens beside the page. */
import { HELP_PATH } from '@hookpulse/api/page-paths';
import type { ComponentChildren } from 'preact';
import { atBase } from '../base-path.ts';

export interface HelpLinkProps {
  /** The heading, such as `no-traffic`; default: its beginning. */
  readonly place?: string;
  /** Default: it looks like a link. */
  readonly look?: 'button';
  readonly children?: ComponentChildren;
}

export function HelpLink({ place, look, children = 'What to do' }: HelpLinkProps) {
  const href = atBase(place === undefined ? HELP_PATH : `${HELP_PATH}#${place}`);
  return (
    <a
      class={look === 'button' ? 'button button-quiet button-icon' : undefined}
      href={href}
      target="_blank"
      rel="noopener"
    >
      {children}
    </a>
  );
}
