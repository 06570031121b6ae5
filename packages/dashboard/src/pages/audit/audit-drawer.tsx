/** One entry of the audit in full: who, from where, what was asked for, and what came of it. */
import type { AuditEntry } from '@hookpulse/api/audit-entry';
import { ScrollText } from 'lucide';
import type { ComponentChildren } from 'preact';
import { UNKNOWN } from '../../format/numbers.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import './audit-drawer.css';
import { actorOf, auditOutcome, changeLines, deedOf, subjectOf } from './audit-words.ts';

export interface AuditDrawerProps {
  /** Undefined: it is not among those that were read. */
  readonly entry: AuditEntry | undefined;
  readonly onClose: () => void;
}

export function AuditDrawer({ entry, onClose }: AuditDrawerProps) {
  if (!entry) {
    return (
      <Drawer title="Audit" onClose={onClose}>
        <EmptyState title="Entry not found" icon={ScrollText}>
          It may be older than the entries shown, or older than 90 days.
        </EmptyState>
      </Drawer>
    );
  }
  const { tone, words } = auditOutcome(entry);
  const subject = subjectOf(entry);
  const changes = changeLines(entry.change);
  return (
    <Drawer
      title={deedOf(entry)}
      beside={<ToneBadge tone={tone}>{words}</ToneBadge>}
      onClose={onClose}
    >
      <dl class="audit-facts">
        <Fact term="When">
          <Time at={entry.at} as="full" />
        </Fact>
        <Fact term="Who">{actorOf(entry.actor)}</Fact>
        <Fact term="From">{entry.actor.address ?? UNKNOWN}</Fact>
        {subject && (
          <Fact term="Target">
            <code>{subject}</code>
          </Fact>
        )}
        {changes.length > 0 && (
          <Fact term="Details">
            <ul>
              {changes.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact term="Request">
          <code>
            {entry.method} {entry.target}
          </code>
        </Fact>
        <Fact term="Request id">
          <code>{entry.request_id}</code>
          <CopyButton text={entry.request_id} what="the request id" />
        </Fact>
      </dl>
    </Drawer>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
