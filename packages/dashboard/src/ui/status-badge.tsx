/** A status as a shape, a colour and a word: never by colour alone. */
import type { HealthStatus } from '@hookpulse/common/windows/health-status';
import './status-badge.css';

export type Tone = 'good' | 'warn' | 'bad' | 'idle';

export const STATUS_WORDS: Readonly<Record<HealthStatus, string>> = {
  healthy: 'Healthy',
  degraded: 'Degraded',
  unhealthy: 'Unhealthy',
  no_traffic: 'No traffic',
  awaiting_first_delivery: 'Waiting',
};

export const STATUS_TONES: Readonly<Record<HealthStatus, Tone>> = {
  healthy: 'good',
  degraded: 'warn',
  unhealthy: 'bad',
  no_traffic: 'idle',
  awaiting_first_delivery: 'idle',
};

export function StatusBadge({ status }: { readonly status: HealthStatus }) {
  return <ToneBadge tone={STATUS_TONES[status]}>{STATUS_WORDS[status]}</ToneBadge>;
}

/** The same look for other words: of alerts, events, bots. */
export function ToneBadge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span class={`badge tone-${tone}`}>
      <ToneMark tone={tone} />
      {children}
    </span>
  );
}

/** A disc, a triangle, a diamond, a ring. */
export function ToneMark({ tone }: { readonly tone: Tone }) {
  return (
    <svg
      class={`tone-mark tone-${tone}`}
      width="10"
      height="10"
      viewBox="0 0 10 10"
      aria-hidden="true"
    >
      {shapeOf(tone)}
    </svg>
  );
}

function shapeOf(tone: Tone) {
  switch (tone) {
    case 'good':
      return <circle cx="5" cy="5" r="4" fill="currentColor" />;
    case 'warn':
      return <path d="M5 0.8 9.6 9H0.4Z" fill="currentColor" />;
    case 'bad':
      return <path d="M5 0 10 5 5 10 0 5Z" fill="currentColor" />;
    case 'idle':
      return <circle cx="5" cy="5" r="3.4" fill="none" stroke="currentColor" stroke-width="1.6" />;
    default:
      return tone satisfies never;
  }
}
