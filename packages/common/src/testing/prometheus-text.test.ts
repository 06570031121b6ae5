import { expect, test } from '@jest/globals';
import { parsePrometheusText, sampleValue } from './prometheus-text.ts';

const HEAD = '# HELP a_total A.\n# TYPE a_total counter\n';

test('reads names, types, labels and values', () => {
  const families = parsePrometheusText(
    `${HEAD}a_total{x="1",y="say \\"hi\\"\\n\\\\"} 3\na_total 4\n\n# HELP g G.\n# TYPE g gauge\ng -Inf\n`,
  );
  expect(families.map(({ name, type, help }) => [name, type, help])).toEqual([
    ['a_total', 'counter', 'A.'],
    ['g', 'gauge', 'G.'],
  ]);
  expect(sampleValue(families, 'a_total', { y: 'say "hi"\n\\', x: '1' })).toBe(3);
  expect(sampleValue(families, 'a_total')).toBe(4);
  expect(sampleValue(families, 'g')).toBe(-Infinity);
  expect(sampleValue(families, 'a_total', { x: '2' })).toBeNull();
});

const histogram = (lines: string) => `# HELP h H.\n# TYPE h histogram\n${lines}`;

test.each([
  ['no last line feed', `${HEAD}a_total 1`, 'line feed'],
  ['a family in two places', `${HEAD}a_total 1\n${HEAD}a_total 2\n`, 'two places'],
  ['a type without help', '# TYPE a counter\na 1\n', 'no help'],
  ['an unknown type', '# HELP a A.\n# TYPE a number\na 1\n', 'no known type'],
  ['a sample of another family', `${HEAD}b_total 1\n`, 'stands under'],
  ['a series twice', `${HEAD}a_total{x="1"} 1\na_total{x="1"} 2\n`, 'twice'],
  ['a label twice', `${HEAD}a_total{x="1",x="2"} 1\n`, 'twice'],
  ['labels without quotes', `${HEAD}a_total{x=1} 1\n`, 'bad labels'],
  ['no number', `${HEAD}a_total many\n`, 'not a number'],
  ['a negative counter', `${HEAD}a_total -1\n`, 'negative'],
  ['falling buckets', histogram('h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\n'), 'add up'],
  ['no bucket for all', histogram('h_bucket{le="1"} 2\nh_sum 1\nh_count 2\n'), 'not the count'],
  ['no sum', histogram('h_bucket{le="+Inf"} 2\nh_count 2\n'), 'no sum'],
])('refuses %s', (_name, text, problem) => {
  expect(() => parsePrometheusText(text)).toThrow(problem);
});
