import { expect, test } from '@jest/globals';
import { describeError } from './describe-error.ts';

class PaymentError extends Error {}

test.each<[string, unknown, string, string]>([
  ['an error with a name', new TypeError('no'), 'TypeError', 'no'],
  ['one of a class without a name', new PaymentError('no'), 'PaymentError', 'no'],
  ['a text', 'no', 'thrown string', 'no'],
  ['nothing', undefined, 'thrown undefined', 'undefined'],
  ['an object without a prototype', Object.create(null), 'Error', ''],
])('%s is described', (_name, thrown, error_type, error_message) => {
  expect(describeError(thrown)).toEqual({ error_type, error_message });
});

test('an error that throws when it is read is described', () => {
  const hostile = new Error('x');
  Object.defineProperty(hostile, 'message', {
    get() {
      throw new Error('not for you');
    },
  });
  expect(describeError(hostile)).toEqual({ error_type: 'Error', error_message: '' });
});

test('bot tokens are masked, also where the message is cut', () => {
  const token = `123456:${'A'.repeat(35)}`;
  for (const padding of [0, 1_980, 1_999, 3_980]) {
    const { error_message } = describeError(new Error(`${' '.repeat(padding)}${token}/getMe`));
    expect(error_message).not.toContain('AAAA');
    expect(error_message.length).toBeLessThanOrEqual(2_000);
  }
});
