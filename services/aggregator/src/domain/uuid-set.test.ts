import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseUuid, UuidSet } from './uuid-set.ts';

test('holds exactly what was added, as a Set of strings does', () => {
  // Few distinct ids and few distinct low words, so that repetitions and collisions are frequent.
  const uuid = fc
    .tuple(fc.nat(3), fc.nat(3), fc.constantFrom(0, 1, 64, 128, 4_294_967_295))
    .map(([a, b, c]) => {
      const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0');
      return `${hex(a, 8)}-0000-0000-0000-${hex(b, 4)}${hex(c, 8)}`;
    });
  fc.assert(
    fc.property(
      fc.array(fc.oneof(uuid, fc.uuid()), { maxLength: 300 }),
      fc.array(uuid),
      (added, asked) => {
        const set = new UuidSet();
        const expected = new Set<string>();
        for (const text of added) {
          set.add(parseUuid(text));
          expected.add(text);
        }
        expect(set.size).toBe(expected.size);
        for (const text of [...added, ...asked]) {
          expect(set.has(parseUuid(text))).toBe(expected.has(text));
        }
      },
    ),
  );
});

test('reads all 128 bits, in any case', () => {
  expect(parseUuid('01234567-89AB-cdef-fedc-BA9876543210')).toEqual([
    0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210,
  ]);
});
