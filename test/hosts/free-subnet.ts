/** The choice of a network that nothing else on the machine uses. */

/** Three of four bytes: `10.213.7`. */
const PREFIX = '10.213';
const SUBNETS = 256;
const SUBNET_BITS = 24;

/**
 * Three of the four bytes of a free /24: `10.213.7`; null: there is none.
 * @param routes - destinations of the machine's routes: `10.0.0.0/8`, an address alone, or `default`
 * @param seed - any whole number; runs with different ones rarely choose the same
 */
export function freeSubnet(routes: readonly string[], seed: number): string | null {
  const taken = routes.filter((route) => route !== 'default').map(readRange);
  for (let tried = 0; tried < SUBNETS; tried += 1) {
    const subnet = `${PREFIX}.${(seed + tried) % SUBNETS}`;
    const wanted = readRange(`${subnet}.0/${SUBNET_BITS}`);
    if (!taken.some((range) => range.first <= wanted.last && wanted.first <= range.last)) {
      return subnet;
    }
  }
  return null;
}

function readRange(route: string): { first: number; last: number } {
  const [address = '', bits = '32'] = route.split('/');
  const number = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}
