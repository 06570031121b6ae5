import { describe, expect, test } from '@jest/globals';
import { readUpdate } from './update.ts';

describe('readUpdate', () => {
  test.each([
    [{ update_id: 5, message: {} }, 5, 'message'],
    [{ callback_query: {}, update_id: 5 }, 5, 'callback_query'],
    [{ update_id: -1, something_new: {} }, -1, 'something_new'],
    [{ update_id: 0 }, 0, null],
    [{ update_id: 1, 'Not a name': {}, 'a"b': {} }, 1, null],
    [{ update_id: 1, ['x'.repeat(65)]: {} }, 1, null],
  ])('reads %j', (value, updateId, updateType) => {
    expect(readUpdate(value)).toEqual({ kind: 'update', update: { updateId, updateType } });
  });

  test.each([[null], [undefined], ['text'], [5], [[{ update_id: 5 }]]])(
    'knows that %j is no object',
    (value) => {
      expect(readUpdate(value)).toEqual({ kind: 'bad', problem: 'is not a JSON object' });
    },
  );

  test.each([
    [{}],
    [{ update_id: null }],
    [{ update_id: '5' }],
    [{ update_id: 1.5 }],
    [{ update_id: Number.POSITIVE_INFINITY }],
    [{ update_id: 2 ** 53 }],
    [{ update_id: [5] }],
  ])('finds no id in %j', (value) => {
    expect(readUpdate(value)).toEqual({ kind: 'bad', problem: 'has no integer update_id' });
  });
});
