/** `1 raw event`, `20 raw events`. */
export function quantity(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
