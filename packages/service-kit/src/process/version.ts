/** Which Hookpulse runs. */
import { readFileSync } from 'node:fs';
import Type from 'typebox';
import { Value } from 'typebox/value';

const Manifest = Type.Object({ version: Type.String() });

/** Version of the packages, as `1.2.3`. */
export const VERSION = Value.Parse(
  Manifest,
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')),
).version;
