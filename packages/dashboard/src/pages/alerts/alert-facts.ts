/** The numbers that an alert was judged by, as people read them. */
import type { AlertView } from '@hookpulse/api/alert-view';
import { formatCount, formatMs, formatPercent } from '../../format/numbers.ts';
import { formatSpan } from '../../format/times.ts';

export interface ShownFact {
  readonly name: string;
  readonly value: string;
}

export function shownFacts(facts: AlertView['facts']): readonly ShownFact[] {
  return Object.entries(facts).map(([name, value]) => ({
    name: titleOf(name),
    value: textOfValue(name, value, facts),
  }));
}

/** `silent_seconds` is read as `Silent`: its unit stands at the value. */
function titleOf(name: string): string {
  const words = name.replace(/_(seconds|ms)$/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function textOfValue(name: string, value: number, facts: AlertView['facts']): string {
  // The same name is a share beside an error rate, and a count beside failures.
  const isShare = /_(rate|share)$/.test(name) || (name === 'threshold' && 'error_rate' in facts);
  if (isShare) return formatPercent(value * 100);
  if (name.endsWith('_ms')) return formatMs(value);
  if (name.endsWith('_seconds')) return formatSpan(value * 1_000);
  return formatCount(value);
}
