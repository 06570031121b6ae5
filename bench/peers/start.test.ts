import { expect, test } from '@jest/globals';
import { MissingJavaError } from '../../test/kafka-broker/java-tools.ts';
import type { BenchContext, Candidate, RunningCandidate } from './candidate.ts';
import { MissingProgramError } from './programs.ts';
import { startOrSkip } from './start.ts';

const BENCH: BenchContext = {
  folder: '/nowhere',
  profileFolder: null,
  kafka: () => Promise.reject(new MissingJavaError('Java is missing')),
  note: () => undefined,
};

test.each([
  ['a failed build', () => Promise.reject(new MissingProgramError('go build failed'))],
  ['a broker without Java', (bench: BenchContext) => bench.kafka().then(() => running())],
])('%s leaves out this candidate, unless it was asked for by name', async (_, start) => {
  const candidate = candidateWith(start);
  expect(await startOrSkip(candidate, BENCH, false)).toEqual({
    ...{ name: 'peer', title: 'Peer', role: 'peer' },
    skipped: expect.stringMatching(/^(go build failed|Java is missing)$/),
  });
  await expect(startOrSkip(candidate, BENCH, true)).rejects.toThrow(/failed|missing/);
});

test('a candidate that fails by itself is told apart from one that is missing something', async () => {
  const candidate = candidateWith(() => Promise.reject(new Error('port in use')));
  const result = await startOrSkip(candidate, BENCH, true);
  expect(result).toMatchObject({ skipped: 'failed to start: Error: port in use' });
});

test('a candidate that runs is measured', async () => {
  const candidate = candidateWith(async () => running());
  expect(await startOrSkip(candidate, BENCH, false)).toMatchObject({
    candidate,
    running: { pid: 7 },
  });
});

function candidateWith(start: Candidate['start']): Candidate {
  return { name: 'peer', title: 'Peer', role: 'peer', needs: [], start };
}

function running(): RunningCandidate {
  return {
    ...{ url: 'http://127.0.0.1:1', botId: 'bot', secret: 'secret', pid: 7, enginePid: null },
    stop: async () => null,
  };
}
