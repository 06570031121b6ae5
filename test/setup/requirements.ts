/**
 * What tests need from the system and may not find. Jest's global setup looks for it and tells the
 * tests by environment variables; a test file that needs Kafka uses `describeWithKafka`, by whose
 * name the setup recognises it.
 *
 * Something missing fails a run with `CI=true`; otherwise the tests that need it are skipped, and
 * their names say why.
 */
import { describe } from '@jest/globals';
import { BROKERS_VARIABLE, NO_BROKERS_REASON_VARIABLE } from './kafka-variables.ts';

/** Addresses of a real Kafka for this run, or null when there is none. Topics are to be unique. */
export function kafkaBrokers(): readonly string[] | null {
  return process.env[BROKERS_VARIABLE]?.split(',') ?? null;
}

/** A `describe` that is skipped, with the reason in its name, where there is no Kafka. */
export function describeWithKafka(
  name: string,
  declareTests: (brokers: readonly string[]) => void,
): void {
  const brokers = kafkaBrokers();
  if (brokers) {
    describe(name, () => declareTests(brokers));
    return;
  }
  const reason = process.env[NO_BROKERS_REASON_VARIABLE] ?? 'the global setup did not run';
  describe.skip(`${name} (skipped: ${reason})`, () => declareTests([]));
}
