import { expect, test } from '@jest/globals';
import { freeSubnet } from './free-subnet.ts';

const USUAL = ['default', '192.0.2.0/24', '172.17.0.0/16'];

test('the subnet follows from the seed', () => {
  expect(freeSubnet(USUAL, 7)).toBe('10.213.7');
  expect(freeSubnet(USUAL, 256 + 7)).toBe('10.213.7');
});

test('one that is used, as a whole or in part, is passed over', () => {
  expect(freeSubnet([...USUAL, '10.213.7.0/24'], 7)).toBe('10.213.8');
  expect(freeSubnet([...USUAL, '10.213.7.9'], 7)).toBe('10.213.8');
  expect(freeSubnet([...USUAL, '10.213.6.0/23', '10.213.8.128/25'], 7)).toBe('10.213.9');
  expect(freeSubnet([...USUAL, '10.213.255.0/24'], 255)).toBe('10.213.0');
});

test('where a wider network has all of them there is none', () => {
  expect(freeSubnet([...USUAL, '10.0.0.0/8'], 7)).toBeNull();
});
