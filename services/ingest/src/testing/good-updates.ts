/**
 * Generators of bodies that ingest must take: JSON objects with an integer `update_id`, in which
 * everything else is as odd as JSON, and Telegram's raw bytes in strings, can be.
 */
import fc from 'fast-check';
import { MAX_BODY_BYTES } from '../bodies/body-reader.ts';

export interface GoodUpdate {
  readonly updateId: number;
  readonly body: Buffer;
}

/** Bytes as text of one character each, since not all of them are UTF-8. */
type ByteText = string;

function bytesOf(text: string): ByteText {
  return Buffer.from(text).toString('latin1');
}

const plainText = fc
  .string({ unit: 'binary', maxLength: 10 })
  .map((text) => bytesOf(JSON.stringify(text.toWellFormed()).slice(1, -1)));

/** What JSON may say by escapes. */
const escapes = fc.constantFrom(
  '\\u0000',
  '\\ud83d',
  '\\ude00',
  '\\ude00\\ud83d',
  '\\ud83d\\ude00',
  '\\uFFFE',
  '\\u005f\\u005fproto__',
  '\\/\\b\\f\\n\\r\\t\\"\\\\',
);

/** What is not UTF-8, as callback data may be: cut, overlong, surrogates, beyond Unicode, noise. */
const rawBytes = fc.oneof(
  fc.constantFrom(
    '\xfe\xff\xfd',
    '\xe9',
    '\xe2\x82',
    '\xed\xa0\x80',
    '\xc0\x80',
    '\xf4\x90\x80\x80',
    '\xf0\x9f\x98',
    '\xef\xbb\xbf',
  ),
  fc
    .array(fc.integer({ min: 0x80, max: 0xff }), { maxLength: 8 })
    .map((bytes) => Buffer.from(bytes).toString('latin1')),
);

const texts: fc.Arbitrary<ByteText> = fc
  .array(fc.oneof(plainText, escapes, rawBytes), { maxLength: 4 })
  .map((parts) => `"${parts.join('')}"`);

const keys: fc.Arbitrary<ByteText> = fc.oneof(
  texts,
  fc.constantFrom(
    '"__proto__"',
    '"constructor"',
    '"prototype"',
    '"toString"',
    '""',
    '"0"',
    '"message"',
  ),
);

const numbers: fc.Arbitrary<ByteText> = fc.oneof(
  fc.constantFrom('0', '-0', '1e999999', '-1E+400', '5e-324', '0.1e-400', `${'9'.repeat(400)}`),
  fc.bigInt().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);

const { value: values } = fc.letrec<{ value: ByteText; array: ByteText; object: ByteText }>(
  (tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('null', 'true', 'false'),
      numbers,
      texts,
      tie('array'),
      tie('object'),
    ),
    array: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    object: fc
      .array(fc.tuple(keys, tie('value')), { maxLength: 4 })
      .map((fields) => `{${fields.map(([key, value]) => `${key} :${value}`).join(',')}}`),
  }),
);

/** Thousands of levels, now and then as many as fit into the largest body. */
const deepValues: fc.Arbitrary<ByteText> = fc
  .tuple(
    fc.oneof(
      { weight: 50, arbitrary: fc.integer({ min: 50, max: 5_000 }) },
      { weight: 1, arbitrary: fc.constant(170_000) },
    ),
    fc.constantFrom(['[', ']'], ['{"a":', '}'], ['[{"__proto__":', '}]']),
  )
  .map(([levels, [open = '', close = '']]) => {
    const depth = Math.min(levels, Math.floor(1_000_000 / (open.length + close.length)));
    return `${open.repeat(depth)}1${close.repeat(depth)}`;
  });

const fields: fc.Arbitrary<ByteText> = fc
  .tuple(
    keys,
    fc.oneof({ weight: 20, arbitrary: values }, { weight: 1, arbitrary: deepValues }),
    fc.constantFrom('', ' ', '\n', '\r\n\t'),
  )
  .map(([key, value, space]) => `${space}${key}:${space}${value}`);

/** One key may stand there twice: the last one wins, as every parser of JavaScript has it. */
const ids = fc.tuple(
  fc.oneof(fc.maxSafeInteger(), fc.integer()),
  fc.constantFrom('', '"update_id":"decoy",', '"update_id":null,'),
);

export const goodUpdates: fc.Arbitrary<GoodUpdate> = fc
  .record({
    id: ids,
    before: fc.array(fields, { maxLength: 2 }),
    after: fc.array(fields, { maxLength: 3 }),
    mark: fc.constantFrom('', '', '', '\xef\xbb\xbf'),
    around: fc.constantFrom('', ' ', '\r\n'),
  })
  .map(({ id: [updateId, decoy], before, after, mark, around }) => {
    // An earlier field may have this name by chance.
    const own = `${decoy}"update_id":${Object.is(updateId, -0) ? 0 : updateId}`;
    const text = [...before, own, ...after].join(',');
    return { updateId, body: Buffer.from(`${mark}${around}{${text}}${around}`, 'latin1') };
  })
  // Two deep values together may be more than any update of Telegram.
  .filter(({ body }) => body.length <= MAX_BODY_BYTES);
