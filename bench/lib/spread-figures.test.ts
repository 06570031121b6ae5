import { expect, test } from '@jest/globals';
import { spreadFigures, spreadIn } from './spread-figures.ts';

test('a spread is read back from the figures it was written to', () => {
  const figures = spreadFigures('share', { median: 0.512, lowest: 0.4, highest: 0.6 }, 2);
  expect(spreadIn({ other: 1, ...figures }, 'share')).toEqual({
    median: 0.51,
    lowest: 0.4,
    highest: 0.6,
  });
  expect(spreadIn({ share: 0.5 }, 'share')).toBeNull();
});
