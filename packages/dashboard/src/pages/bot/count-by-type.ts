/** Which types of errors there are among events, and how often; the most frequent first. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';

const UNNAMED = 'without a type';

export function countByType(
  events: readonly Pick<WebhookEvent, 'error_type'>[],
): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { error_type } of events) {
    const name = error_type ?? UNNAMED;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}
