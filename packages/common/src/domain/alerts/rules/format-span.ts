/** Spans of time as people say them in a sentence: "15 minutes", "1 hour 30 minutes", "10 seconds". */

const UNITS = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3_600 },
  { name: 'minute', seconds: 60 },
  { name: 'second', seconds: 1 },
] as const;

/** The two largest units that there are something of; less than a second is "0 seconds". */
export function formatSpan(spanMs: number): string {
  let restSeconds = Math.max(Math.floor(spanMs / 1_000), 0);
  const parts: string[] = [];
  for (const { name, seconds } of UNITS) {
    const count = Math.floor(restSeconds / seconds);
    restSeconds -= count * seconds;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
    // What follows the second unit is too little to matter beside the first.
    if (parts.length === 2 || (parts.length === 1 && restSeconds === 0)) break;
  }
  return parts.length === 0 ? '0 seconds' : parts.join(' ');
}
