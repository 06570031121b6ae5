/** The last 15 minutes and the current hour side by side. */
import type { BotHealth } from '@hookpulse/api/bot-health';
import { formatCount, formatMs } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';
import './bot-figures.css';

type Span = BotHealth['current_hour'];

const FIGURES: readonly { readonly title: string; readonly text: (span: Span) => string }[] = [
  { title: 'Events', text: ({ events }) => formatCount(events) },
  { title: 'Errors', text: ({ errors }) => formatCount(errors) },
  { title: 'Error rate', text: ({ error_rate }) => error_rate },
  { title: 'Processing, p50', text: (span) => formatMs(span.p50_processing_time_ms) },
  { title: 'Processing, p95', text: (span) => formatMs(span.p95_processing_time_ms) },
  { title: 'Processing, p99', text: (span) => formatMs(span.p99_processing_time_ms) },
  { title: 'Response, average', text: (span) => formatMs(span.avg_response_time_ms) },
  { title: 'Retries', text: ({ retries }) => formatCount(retries) },
];

export function BotFigures({ health }: { readonly health: BotHealth }) {
  return (
    <Card title="Now">
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">Figure</span>
            </th>
            <th scope="col">Last 15 min</th>
            <th scope="col">This hour</th>
          </tr>
        </thead>
        <tbody>
          {FIGURES.map(({ title, text }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td>{text(health.last_15_minutes)}</td>
              <td>{text(health.current_hour)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
