import type { Silence } from '@hookpulse/common/alerts/silence';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { withTestLogs } from '@hookpulse/event-log/sqlite/testing/test-log';
import { ALERT_SETTINGS_TOPIC, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { openAlertControls } from './alert-controls.ts';

const silent = silentLogger;
const silence: Silence = {
  silence_id: 's1',
  bot_id: null,
  rule: 'no_traffic',
  reason: 'a deployment',
  created_by: 'Ada',
  created_at: '2026-02-10T20:00:00.000Z',
  ends_at: '2026-02-10T21:00:00.000Z',
};

test('silences and overrides are seen at once where they are set, and soon everywhere', () =>
  withTestLogs(async (logs) => {
    const log = await logs.open();
    await log.ensureTopics(TOPIC_SPECS);
    const here = await openAlertControls({ log, logger: silent });
    const there = await openAlertControls({ log, logger: silent });
    expect([here.overrides, here.silences()]).toEqual([{}, []]);
    await here.putSilence(silence);
    await here.putOverrides({ no_traffic: { after_seconds: 60 } });
    expect(here.silences()).toEqual([silence]);
    await until('both there', () => there.overrides.no_traffic?.after_seconds === 60);
    expect(there.silences()).toEqual([silence]);
    await there.forgetSilence('s1');
    expect(there.silences()).toEqual([]);
    const later = await openAlertControls({ log, logger: silent });
    expect(later.silences()).toEqual([]);
    expect(later.overrides).toEqual({ no_traffic: { after_seconds: 60 } });
    await Promise.all([here, there, later].map((controls) => controls.close()));
  }));

test('what is no setting is skipped with a warning, and what was set before stays', () =>
  withTestLogs(async (logs) => {
    const log = await logs.open();
    await log.ensureTopics(TOPIC_SPECS);
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
    const controls = await openAlertControls({ log, logger });
    await controls.putOverrides({ high_error_rate: { threshold: 0.5 } });
    const topic = ALERT_SETTINGS_TOPIC;
    await log.publish([
      { topic, key: 'overrides', value: '{"high_error_rate":{"threshold":5}}' },
      { topic, key: 'silence|other', value: JSON.stringify(silence) },
      { topic, key: 'stranger', value: '{}' },
    ]);
    await until('three warnings', () => lines.length === 3);
    expect(controls.overrides).toEqual({ high_error_rate: { threshold: 0.5 } });
    expect(controls.silences()).toEqual([]);
    await controls.close();
  }));
