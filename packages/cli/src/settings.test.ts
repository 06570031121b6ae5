import { expect, test } from '@jest/globals';
import { settingsFor } from './settings.ts';

const NAMES = ['HOST', 'QUERY_API_PORT'] as const;

test('a command names the settings that it uses and cannot read, and no others', () => {
  const wrongElsewhere = { QUERY_API_PORT: '9081', INGEST_PORT: '8O80' };
  expect(settingsFor(NAMES, wrongElsewhere).config.http.ports.queryApi).toBe(9081);
  expect(() => settingsFor(NAMES, { QUERY_API_PORT: '9O81' })).toThrow(/^QUERY_API_PORT must be/);
});
