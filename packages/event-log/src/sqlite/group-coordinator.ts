/**
 * Shares the partitions of topics among the members of consumer groups. All members live in this
 * process, so a partition is taken from its owner, with the batch under way finished, before it is
 * given to the next one.
 */
import type { PartitionState, TopicCatalog } from './topic-catalog.ts';

/** A member as the coordinator sees it. */
export interface GroupMember {
  readonly topics: readonly string[];
  /** Gives up all partitions but these. Resolves when no batch of the others is under way. */
  keepOnly(partitions: ReadonlySet<PartitionState>): Promise<void>;
  /** What the member is to hold from now on: it starts those that it does not hold yet. */
  assign(partitions: ReadonlySet<PartitionState>): void;
}

export class GroupCoordinator {
  readonly #catalog: TopicCatalog;
  readonly #groups = new Map<string, ConsumerGroup>();

  constructor(catalog: TopicCatalog) {
    this.#catalog = catalog;
    catalog.onChange(() => {
      for (const group of this.#groups.values()) group.rebalance();
    });
  }

  join(groupId: string, member: GroupMember): void {
    let group = this.#groups.get(groupId);
    if (!group) {
      group = new ConsumerGroup(this.#catalog);
      this.#groups.set(groupId, group);
    }
    group.add(member);
  }

  /** The member has given up its partitions itself. */
  leave(groupId: string, member: GroupMember): void {
    const group = this.#groups.get(groupId);
    if (group?.remove(member) === 0) this.#groups.delete(groupId);
  }
}

class ConsumerGroup {
  readonly #catalog: TopicCatalog;
  readonly #members: GroupMember[] = [];
  #rebalancing = false;
  #rebalanceAgain = false;

  constructor(catalog: TopicCatalog) {
    this.#catalog = catalog;
  }

  add(member: GroupMember): void {
    this.#members.push(member);
    this.rebalance();
  }

  /** Answers how many members are left. */
  remove(member: GroupMember): number {
    const index = this.#members.indexOf(member);
    if (index !== -1) this.#members.splice(index, 1);
    this.rebalance();
    return this.#members.length;
  }

  rebalance(): void {
    this.#rebalanceAgain = true;
    if (!this.#rebalancing) void this.#rebalanceUntilSettled();
  }

  async #rebalanceUntilSettled(): Promise<void> {
    this.#rebalancing = true;
    while (this.#rebalanceAgain) {
      this.#rebalanceAgain = false;
      const target = rangeAssignment(this.#members, this.#catalog);
      await Promise.all([...target].map(([member, partitions]) => member.keepOnly(partitions)));
      // Members that came or went meanwhile change the target: nothing is given on an old one.
      if (this.#rebalanceAgain) continue;
      for (const [member, partitions] of target) member.assign(partitions);
    }
    this.#rebalancing = false;
  }
}

/** Kafka's range assignor: each topic's partitions in one run for each of its members, in order. */
export function rangeAssignment<Member extends Pick<GroupMember, 'topics'>>(
  members: readonly Member[],
  catalog: TopicCatalog,
): Map<Member, Set<PartitionState>> {
  const assignment = new Map(members.map((member) => [member, new Set<PartitionState>()]));
  const topics = new Set(members.flatMap((member) => member.topics));
  for (const topic of topics) {
    if (!catalog.has(topic)) continue;
    const partitions = catalog.partitions(topic);
    const subscribers = members.filter((member) => member.topics.includes(topic));
    for (const [index, partition] of partitions.entries()) {
      const owner = subscribers[Math.floor((index * subscribers.length) / partitions.length)];
      if (owner) assignment.get(owner)?.add(partition);
    }
  }
  return assignment;
}
