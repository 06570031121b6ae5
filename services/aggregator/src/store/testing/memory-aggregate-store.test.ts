import { describeAggregateStore } from './aggregate-store-contract.ts';
import { MemoryAggregateStore } from './memory-aggregate-store.ts';

const store = new MemoryAggregateStore();

describeAggregateStore('the aggregate store in memory', () => store);
