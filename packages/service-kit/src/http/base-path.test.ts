import { expect, test } from '@jest/globals';
import { basePathOf, withoutBasePath } from './base-path.ts';

test.each([
  [null, ''],
  ['https://hookpulse.example.com', ''],
  ['https://hookpulse.example.com/', ''],
  ['https://ops.example.com/hookpulse', '/hookpulse'],
  ['https://ops.example.com/a/hookpulse/', '/a/hookpulse'],
])('the path of %s is %j', (publicUrl, basePath) => {
  expect(basePathOf(publicUrl)).toBe(basePath);
});

test.each([
  ['/hookpulse/api/bots?x=1', '/api/bots?x=1'],
  ['/hookpulse/', '/'],
  ['/hookpulse', '/'],
  ['/hookpulse?next=x', '/?next=x'],
  ['/hookpulse/hookpulse', '/hookpulse'],
  ['//hookpulse/api/bots', '/api/bots'],
  ['///hookpulse?next=x', '/?next=x'],
  ['http://ops.example.com/hookpulse/api/bots?x=//1', '/api/bots?x=//1'],
  ['HTTPS://ops.example.com:8443//hookpulse', '/'],
  ['http://hookpulse/api', 'http://hookpulse/api'],
  ['//hookpulses/api', '//hookpulses/api'],
  ['*', '*'],
  ['/hookpulses/api', '/hookpulses/api'],
  ['/api/bots', '/api/bots'],
])('%s is %s', (target, expected) => {
  expect(withoutBasePath(target, '/hookpulse')).toBe(expected);
  expect(withoutBasePath(target, '')).toBe(target);
});
