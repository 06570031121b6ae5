import { describe, expect, test } from '@jest/globals';
import { rangeAssignment } from './group-coordinator.ts';
import { TopicCatalog } from './topic-catalog.ts';

interface Topics {
  readonly topics: readonly string[];
}

function catalogOf(partitionCounts: Readonly<Record<string, number>>): TopicCatalog {
  const catalog = new TopicCatalog();
  let id = 0;
  catalog.load(
    Object.entries(partitionCounts).flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition) => {
        id += 1;
        return { id, topic, partition, endOffset: 0 };
      }),
    ),
  );
  return catalog;
}

/** Partitions of each member as `topic/partition`. */
function assigned(members: readonly Topics[], catalog: TopicCatalog): string[][] {
  const assignment = rangeAssignment(members, catalog);
  return members.map((member) =>
    [...(assignment.get(member) ?? [])].map(({ topic, partition }) => `${topic}/${partition}`),
  );
}

describe('rangeAssignment', () => {
  test('gives each member a run of partitions, every partition once', () => {
    const member = () => ({ topics: ['a'] });
    expect(assigned([member(), member(), member()], catalogOf({ a: 4 }))).toEqual([
      ['a/0', 'a/1'],
      ['a/2'],
      ['a/3'],
    ]);
  });

  test('leaves members without partitions when there are too few', () => {
    const member = () => ({ topics: ['a'] });
    expect(assigned([member(), member()], catalogOf({ a: 1 }))).toEqual([['a/0'], []]);
  });

  test('gives only topics that a member asked for and that exist', () => {
    const members = [{ topics: ['a', 'gone'] }, { topics: ['a', 'b'] }];
    expect(assigned(members, catalogOf({ a: 2, b: 1, c: 1 }))).toEqual([['a/0'], ['a/1', 'b/0']]);
  });
});
