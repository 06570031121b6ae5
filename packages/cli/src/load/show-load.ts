/** What a load has come to, for people and for programs. */

import type { RequestFigures } from '@hookpulse/traffic/load-figures';
import type { LoadShape } from '@hookpulse/traffic/load-plan';
import { table } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';
import type { LoadReport } from './run-load.ts';

/** Whether everything that was sent was taken, and everything that was taken was counted. */
export function isFine({ deliveries, reports, lost }: LoadReport): boolean {
  return lost === 0 && [deliveries, reports].every(({ sent, accepted }) => sent === accepted);
}

export function showLoad(report: LoadReport, shape: LoadShape, terminal: Terminal): void {
  const { deliveries, reports, latencyMs, lost } = report;
  const number = (value: number) => Math.round(value).toLocaleString('en');
  const rows = [
    [
      'deliveries',
      `${number(deliveries.accepted)} of ${number(deliveries.sent)} accepted`,
      failuresOf(deliveries),
    ],
    ['again', `${number(report.duplicates)} delivered twice`, ''],
    [
      'reports',
      `${number(reports.accepted)} of ${number(reports.sent)} accepted`,
      failuresOf(reports) || `${number(report.reportedEvents)} events`,
    ],
    [
      'rate',
      `${report.ratePerSecond.toFixed(1)}/s of ${shape.perSecond}/s`,
      `for ${report.seconds.toFixed(1)} s`,
    ],
    [
      'latency',
      `p50 ${latencyMs.p50} ms, p95 ${latencyMs.p95} ms, p99 ${latencyMs.p99} ms, max ${latencyMs.max} ms`,
      '',
    ],
    [
      'counted',
      `${number(report.counted)} updates, according to the query API`,
      lost > 0 ? `${number(lost)} accepted updates are missing` : '',
    ],
    ['seed', String(shape.seed), ''],
  ];
  const [, ...lines] = table([{ title: '' }, { title: '' }, { title: '' }], rows, '  ');
  const [style, mark, verdict] = isFine(report)
    ? (['green', '✓', 'everything was accepted and counted once'] as const)
    : (['red', '✗', 'some updates were not accepted or not counted'] as const);
  const ended = report.isInterrupted ? ' (interrupted)' : '';
  terminal.print(terminal.style(style, `${mark} ${verdict}${ended}`));
  for (const line of lines) terminal.print(line);
}

/** For programs. */
export function loadJson(report: LoadReport, shape: LoadShape): object {
  return {
    status: isFine(report) ? 'ok' : 'problem',
    seed: shape.seed,
    interrupted: report.isInterrupted,
    seconds: report.seconds,
    rate_per_second: Math.round(report.ratePerSecond * 10) / 10,
    asked_rate_per_second: shape.perSecond,
    deliveries: report.deliveries,
    duplicates: report.duplicates,
    reports: report.reports,
    reported_events: report.reportedEvents,
    latency_ms: report.latencyMs,
    counted: report.counted,
    lost: report.lost,
  };
}

function failuresOf({ refused, unanswered }: RequestFigures): string {
  const parts = Object.entries(refused).map(([status, count]) => `${count} × ${status}`);
  if (unanswered > 0) parts.push(`${unanswered} without an answer`);
  return parts.join(', ');
}
