import { AlertOverridesPatchSchema, patchOverrides } from '@hookpulse/api/overrides-patch';
import type { AlertOverrides } from '@hookpulse/common/alerts/alert-settings';
import { describe, expect, test } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { parseText, quantityText, SETTING_FIELDS, textOf } from './setting-fields.ts';
import {
  countOverridden,
  draftOf,
  isEmptyPatch,
  outcomeOf,
  type SettingsDraft,
} from './settings-draft.ts';

const patches = Compile(AlertOverridesPatchSchema);

const OVERRIDES: AlertOverrides = {
  receivers: ['a@example.com', 'b@example.com'],
  high_error_rate: { threshold: 0.07, enabled: false },
  slow_processing: { limit_ms: 800 },
};

/** What the API holds after the draft was saved. */
function saved(before: AlertOverrides, draft: SettingsDraft): AlertOverrides {
  const { patch, problems } = outcomeOf(draftOf(before), draft);
  expect(problems).toEqual({});
  if (!patches.Check(patch)) throw new Error(`not a patch: ${JSON.stringify(patch)}`);
  return patchOverrides(before, patch);
}

test('the form takes of each number what its schema takes', () => {
  const draft = draftOf({});
  const outcomeOfOne = (key: string, text: string) =>
    outcomeOf(draft, { ...draft, numbers: { ...draft.numbers, [key]: text } });
  const unlike = SETTING_FIELDS.flatMap(({ key, rule, name, unit, minimum, maximum }) => {
    const step = unit === 'ratio' ? 0.01 : 1;
    return [minimum - step, minimum, minimum + step / 2, maximum, maximum + step].flatMap(
      (value) => {
        const { problems } = outcomeOfOne(key, textOf(value, unit));
        const isTaken = patches.Check({ [rule]: { [name]: value } });
        return isTaken === (problems[key] === undefined) ? [] : [`${key}: ${value}`];
      },
    );
  });
  expect(unlike).toEqual([]);
  expect(outcomeOfOne('high_error_rate.threshold', '101').problems).toEqual({
    'high_error_rate.threshold': 'Enter a number from 0 to 100.',
  });
  expect(outcomeOfOne('no_traffic.after_seconds', '1.5').problems).toEqual({
    'no_traffic.after_seconds': 'Enter a whole number from 1 to 86400.',
  });
});

test('shares are typed in per cent, without what binary fractions add', () => {
  for (const percent of ['0', '0.5', '7', '29', '33.3', '57', '58', '100']) {
    expect(textOf(parseText(percent, 'ratio') ?? Number.NaN, 'ratio')).toBe(percent);
  }
  expect(parseText(' 12,5 ', 'ratio')).toBe(0.125);
  expect(parseText('900', 'seconds')).toBe(900);
  expect([parseText('', 'ms'), parseText('many', 'ms'), parseText('1e999', 'ms')]).toEqual([
    null,
    null,
    null,
  ]);
});

test('a number is told with its unit, and many seconds as what they are', () => {
  expect(quantityText('10', 'ratio')).toBe('10 %');
  expect(quantityText('900', 'seconds')).toBe('900 seconds (15 min)');
  expect(quantityText('30', 'seconds')).toBe('30 seconds');
  expect(quantityText(null, 'ms')).toBe('off');
});

describe('a draft', () => {
  test('that is left as it was changes nothing', () => {
    for (const overrides of [{}, OVERRIDES, { receivers: [] }]) {
      const { patch, problems } = outcomeOf(draftOf(overrides), draftOf(overrides));
      expect([patch, problems]).toEqual([{}, {}]);
      expect(isEmptyPatch(patch)).toBe(true);
    }
  });

  test('makes all overrides of none, and none of all', () => {
    expect(saved({}, draftOf(OVERRIDES))).toEqual(OVERRIDES);
    expect(saved(OVERRIDES, draftOf({}))).toEqual({});
  });

  test('changes what was typed and nothing else', () => {
    const draft = draftOf(OVERRIDES);
    const { patch } = outcomeOf(draftOf(OVERRIDES), {
      ...draft,
      switches: { ...draft.switches, no_traffic: 'off', high_error_rate: 'inherit' },
      numbers: {
        ...draft.numbers,
        'slow_processing.limit_ms': '',
        'no_traffic.after_seconds': '60',
      },
    });
    expect(patch).toEqual({
      high_error_rate: { enabled: null },
      no_traffic: { enabled: false, after_seconds: 60 },
      slow_processing: { limit_ms: null },
    });
  });

  test('takes receivers in any of the ways in which people write lists', () => {
    const draft = { ...draftOf({}), receivers: 'a@x, b@x;c@x\n d@x\n' };
    expect(saved({}, { ...draft, receiverMode: 'list' }).receivers).toEqual([
      'a@x',
      'b@x',
      'c@x',
      'd@x',
    ]);
    expect(saved({}, { ...draft, receiverMode: 'nobody' }).receivers).toEqual([]);
    expect(saved(OVERRIDES, { ...draftOf(OVERRIDES), receiverMode: 'inherit' }).receivers).toBe(
      undefined,
    );
  });

  test('says where something is missing, or is no number', () => {
    const draft = draftOf({});
    const { patch, problems } = outcomeOf(draftOf({}), {
      ...draft,
      receiverMode: 'list',
      numbers: {
        ...draft.numbers,
        'high_error_rate.threshold': '101',
        'no_traffic.after_seconds': 'soon',
      },
    });
    expect(Object.keys(problems)).toEqual([
      'receivers',
      'high_error_rate.threshold',
      'no_traffic.after_seconds',
    ]);
    expect(patch).toEqual({});
  });

  test('knows how much it overrides', () => {
    expect(countOverridden(draftOf({}))).toBe(0);
    expect(countOverridden(draftOf(OVERRIDES))).toBe(4);
  });
});
