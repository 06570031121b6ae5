/**
 * `/tv`: the fleet on a screen on a wall. Few words, large enough to be read from four metres, the worst
 * bots first. It asks again by itself, and says when what it shows is old.
 */
import type { FleetHealth } from '@hookpulse/api/fleet-health';
import { PAGE_PATHS } from '@hookpulse/api/page-paths';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { type ApiError, isFinal } from '../../api/client.ts';
import { resources, useResource } from '../../api/resources.ts';
import { formatCount } from '../../format/numbers.ts';
import { formatSpan } from '../../format/times.ts';
import { useFiringCount } from '../../shell/firing-alerts.ts';
import { nameTab } from '../../shell/tab.ts';
import { applyTheme } from '../../shell/theme.ts';
import { useUrlState } from '../../state/url-state.ts';
import { useNow } from '../../state/use-now.ts';
import { STATUS_TONES, STATUS_WORDS, ToneMark } from '../../ui/status-badge.tsx';
import type { FleetBot } from '../fleet/fleet-columns.tsx';
import { shortReason } from '../fleet/short-reason.ts';
import { type Headline, headlineOf, troubledBots } from './tv-fleet.ts';
import './tv-page.css';

const PATH = '/api/health/webhook/';
const REFRESH_MS = 5_000;
/** Of an answer that should have come several times since. */
const OLD_MS = 20_000;
/** Nobody is there who could press a button: not ever more rarely, as pages do. */
const RETRY_MS = 5_000;
/** So many fit on the screen. */
const MAX_SHOWN = 8;

export function TvPage() {
  const { data, error, answeredAtMs } = useResource<FleetHealth>(PATH, { refreshMs: REFRESH_MS });
  const nowMs = useNow();
  const firing = useFiringCount();
  useTheme();
  useLeaveByEscape();
  useRetry(error);
  useEffect(() => nameTab('TV'), []);
  const troubled = data ? troubledBots(data.bots) : [];
  const rest = troubled.length - MAX_SHOWN;
  const ageMs = answeredAtMs === null ? null : Math.max(0, nowMs - answeredAtMs);
  return (
    <main class="tv" id="main" tabIndex={-1}>
      <Head headline={data && headlineOf(data.bots, firing)} />
      <p class="tv-old" role="status">
        {oldText(ageMs, error)}
      </p>
      <ul class="tv-bots">
        {troubled.slice(0, MAX_SHOWN).map((bot) => (
          <Tile key={bot.bot_id} bot={bot} nowMs={nowMs} />
        ))}
      </ul>
      <footer class="tv-foot">
        <span>{rest > 0 ? `and ${formatCount(rest)} more` : ''}</span>
        <a href={PAGE_PATHS.fleet}>Leave (Esc)</a>
      </footer>
    </main>
  );
}

function Head({ headline }: { readonly headline: Headline | null }) {
  if (!headline) return <h1 class="tv-head">Fleet</h1>;
  const { tone, text, healthy } = headline;
  return (
    <header class="tv-head">
      <h1 class={`tone-${tone}`}>
        <ToneMark tone={tone} />
        {text}
      </h1>
      <span>{healthy}</span>
    </header>
  );
}

function Tile({ bot, nowMs }: { readonly bot: FleetBot; readonly nowMs: number }) {
  const tone = STATUS_TONES[bot.status];
  return (
    <li class={`tv-bot tv-${tone}`}>
      <span class="tv-name">{bot.bot_name}</span>
      <span class={`tv-state tone-${tone}`}>
        <ToneMark tone={tone} />
        {STATUS_WORDS[bot.status]}
      </span>
      <span class="tv-why">{shortReason(bot, nowMs)}</span>
    </li>
  );
}

/** Empty: it is new. @param ageMs - null: nothing has been answered yet */
function oldText(ageMs: number | null, error: ApiError | null): string {
  if (ageMs === null) return error ? error.message : 'Loading';
  if (ageMs < OLD_MS) return '';
  return `${formatSpan(ageMs)} old. ${error ? error.message : 'No response.'}`;
}

/** Dark, also where the viewer's system is light: `?theme=light` for a bright room. */
function useTheme(): void {
  const theme = useUrlState().oneOf('theme', ['dark', 'light']);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    return applyTheme;
  }, [theme]);
}

function useLeaveByEscape(): void {
  const { route } = useLocation();
  useEffect(() => {
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') route(PAGE_PATHS.fleet);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [route]);
}

function useRetry(error: ApiError | null): void {
  const isRetried = error !== null && !isFinal(error);
  useEffect(() => {
    if (!isRetried) return;
    const timer = setInterval(() => resources.refresh(PATH), RETRY_MS);
    return () => clearInterval(timer);
  }, [isRetried]);
}
