/**
 * What every event log does, whatever engine carries it: one suite that each adapter runs. The
 * cases are grouped by what a user of the port cares about; each group is a file of its own.
 */
import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeConsuming } from './contract-consuming.ts';
import { ContractContext, type EventLogHarness } from './contract-context.ts';
import { describeFollowing } from './contract-following.ts';
import { describeGroups } from './contract-groups.ts';
import { describePublishing } from './contract-publishing.ts';
import { describeTopics } from './contract-topics.ts';

/**
 * Declares the suite. @param createHarness - called once, before the first test; its log is shared
 * by all tests, each of which uses topics of its own.
 */
export function describeEventLogContract(createHarness: () => Promise<EventLogHarness>): void {
  describe('event log contract', () => {
    const context = new ContractContext();
    beforeAll(async () => context.open(await createHarness()));
    afterAll(() => context.close());

    describeTopics(context);
    describePublishing(context);
    describeConsuming(context);
    describeGroups(context);
    describeFollowing(context);
  });
}
