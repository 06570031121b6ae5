import { expect, test } from '@jest/globals';
import { imageOf } from './images.ts';

test.each([
  ['kafka', /^apache\/kafka:\d/],
  ['clickhouse', /^clickhouse\/clickhouse-server:\d/],
])('the image of %s is the one of docker-compose.yml', (service, image) => {
  expect(imageOf(service)).toMatch(image);
});

test('a service that is not in docker-compose.yml has no image', () => {
  expect(() => imageOf('nothing')).toThrow(/nothing/);
});
