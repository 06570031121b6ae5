/** Changing alert overrides by a JSON merge patch (RFC 7396): null removes, at any depth. */
import {
  type AlertOverrides,
  AlertOverridesSchema,
  type StoredAlertOverrides,
  StoredAlertOverridesSchema,
} from '@hookpulse/common/alerts/alert-settings';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import Type, { type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

type MergePatch<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Name in keyof Value]?: MergePatch<Value[Name]> | null }
    : Value;

export type AlertOverridesPatch = MergePatch<AlertOverrides>;
/** With receivers as they are stored. */
export type StoredOverridesPatch = AlertOverridesPatch & {
  readonly channels?: readonly string[] | null;
};

/**
 * Every value has to be one that may be set. `slow_processing.limit_ms`, of which null is such a
 * value, is removed by null as everything else is; a rule is switched off by `enabled`.
 */
export const AlertOverridesPatchSchema = Type.Unsafe<AlertOverridesPatch>({
  ...removable(AlertOverridesSchema),
  examples: [{ high_error_rate: { threshold: 0.2 } }],
  description: 'alert settings to override, as a JSON merge patch: null removes an override',
});

/** Stored overrides may come from a later version, so they are checked leniently. */
const validator = Compile(StoredAlertOverridesSchema);

/**
 * The overrides as they are afterwards; a rule of which nothing is overridden any more is left out.
 * @param patch - checked by `AlertOverridesPatchSchema`
 */
export function patchOverrides(
  current: StoredAlertOverrides,
  patch: StoredOverridesPatch,
): StoredAlertOverrides {
  const changed = mergePatch(current, patch);
  if (validator.Check(changed)) return changed;
  const [problem] = validator.Errors(changed);
  throw new TypeError(`overrides${problem?.instancePath} ${problem?.message}`);
}

/** The same schema, with null allowed for every property at any depth. */
function removable(schema: TSchema): TSchema {
  if (!Type.IsObject(schema)) return schema;
  const properties = Object.entries(schema.properties).map(([name, property]) => [
    name,
    Type.Optional(Nullable(removable(property))),
  ]);
  return Type.Object(Object.fromEntries(properties), { additionalProperties: false });
}

/** Differs from RFC 7396 in that objects that are left empty go, too. */
function mergePatch(target: object, patch: object): object {
  const merged = new Map<string, unknown>(Object.entries(target));
  for (const [name, change] of Object.entries(patch)) {
    const before = merged.get(name);
    const after = isObject(change) ? mergePatch(isObject(before) ? before : {}, change) : change;
    const isGone = after === null || (isObject(after) && Object.keys(after).length === 0);
    if (isGone) merged.delete(name);
    else merged.set(name, after);
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
