/** Spans of time as people say them in a sentence: "15 minutes", "1 hour 30 minutes", "10 seconds". */

const UNITS = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3_600 },
  { name: 'minute', seconds: 60 },
  { name: 'second', seconds: 1 },
] as const;

/**
 * The largest unit that there is something of, and the next smaller one: "1 day 3 hours". What is left
 * of a smaller unit is too little to matter; less than a second is "0 seconds".
 */
export function formatSpan(spanMs: number): string {
  const seconds = Math.max(Math.floor(spanMs / 1_000), 0) || 0;
  const largest = UNITS.findIndex((unit) => seconds >= unit.seconds);
  if (largest === -1) return '0 seconds';
  let restSeconds = seconds;
  const parts: string[] = [];
  for (const unit of UNITS.slice(largest, largest + 2)) {
    const count = Math.floor(restSeconds / unit.seconds);
    restSeconds -= count * unit.seconds;
    if (count > 0) parts.push(`${count} ${unit.name}${count === 1 ? '' : 's'}`);
  }
  return parts.join(' ');
}

/** What follows "the last": "15 minutes", and "hour" where it is one alone. */
export function formatLast(spanMs: number): string {
  return formatSpan(spanMs).replace(/^1 (?=\S+$)/, '');
}
