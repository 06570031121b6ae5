/** A status page as a document of its own: no script, nothing to load, readable by whatever shows HTML. */
import type { Incident, PublicState, PublicStatus, StatusDay } from '@hookpulse/api/public-status';
import { escapeHtml } from '@hookpulse/common/values/escape-html';

const STATE_WORDS: Readonly<Record<PublicState, string>> = {
  healthy: 'Healthy',
  unhealthy: 'Problem',
  no_traffic: 'No recent traffic',
};

const STYLE = `
:root{color-scheme:light dark;--text:#16181d;--soft:#50565f;--line:#d9dce1;--page:#fafafa;--card:#fff;--good:#15803d;--bad:#c81e1e;--idle:#8a909a}
@media(prefers-color-scheme:dark){:root{--text:#eceef2;--soft:#a8aeb8;--line:#2d3037;--page:#0e0f12;--card:#16181d;--good:#3fb968;--bad:#f2706a;--idle:#6b717c}}
*{box-sizing:border-box}
body{max-width:52rem;margin:0 auto;padding:2rem 1rem;background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{margin:0 0 .25rem;font-size:1.5rem}h2{margin:2rem 0 .75rem;font-size:1.125rem}h3{margin:0;font-size:1rem}
p{margin:0}.soft{color:var(--soft);font-size:.875rem}
.healthy{color:var(--good)}.unhealthy{color:var(--bad)}.no_traffic{color:var(--soft)}
.now{font-size:1.125rem;font-weight:600}
.card{margin-top:.75rem;padding:1rem;border:1px solid var(--line);border-radius:8px;background:var(--card)}
.head{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1rem}
.days{display:flex;align-items:flex-end;gap:1px;height:2.25rem;margin:.75rem 0 .25rem}
.days i{flex:1;min-width:0;height:100%;border-radius:1px;background:var(--good)}
.days .none{height:25%;background:var(--idle)}
.days .bad{background:linear-gradient(to top,var(--bad) var(--part),var(--good) var(--part))}
.ends{display:flex;justify-content:space-between}
ul{margin:0;padding:0;list-style:none}li{padding:.75rem 0;border-top:1px solid var(--line)}li:first-child{border-top:0}
`.trim();

/** Less of a bar would not be seen. */
const MIN_BAD_PERCENT = 15;

export function statusHtml(status: PublicStatus): string {
  const { title, state, as_of, bots, incidents } = status;
  return documentOf(title, [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p class="now ${state}">${nowText(status)}</p>`,
    `<p class="soft">As of ${timeHtml(as_of)}. Reload the page to see the newest state.</p>`,
    '<h2>Last 90 days</h2>',
    ...bots.map(botHtml),
    bots.length === 0 ? '<p class="soft">No bot belongs to this page any more.</p>' : '',
    '<h2>Incidents</h2>',
    incidents.length === 0
      ? '<p class="soft">None in the last 90 days.</p>'
      : `<ul>${incidents.map(incidentHtml).join('')}</ul>`,
    `<p class="soft" style="margin-top:2rem">Days are in UTC. A percentage is the share of the observed time in which
no alert fired. Observed are hours with traffic, and times with an alert. A short grey bar is a day without either.</p>`,
  ]);
}

/** The same for a page that is not there and for a key that is wrong. */
export const NO_STATUS_HTML = documentOf('Not found', [
  '<h1>Not found</h1>',
  '<p>There is no status page at this address, or its link has been replaced. Ask for the current link.</p>',
]);

function documentOf(title: string, body: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)} · Status</title>`,
    '<link rel="icon" href="data:,">',
    `<style>${STYLE}</style>`,
    '</head>',
    '<body><main>',
    ...body.filter((part) => part !== ''),
    '</main></body>',
    '</html>',
    '',
  ].join('\n');
}

function nowText({ state, bots }: PublicStatus): string {
  const bad = bots.filter((bot) => bot.state === 'unhealthy').length;
  if (state !== 'unhealthy' || bots.length === 1) return STATE_WORDS[state];
  return `Problem with ${bad} of ${bots.length}`;
}

function botHtml({ name, state, healthy_percent, days }: PublicStatus['bots'][number]): string {
  const share = percentText(healthy_percent);
  const bad = days.filter(({ unhealthy_minutes }) => unhealthy_minutes > 0).length;
  const label = `90 days: ${share}, ${bad} ${bad === 1 ? 'day' : 'days'} with problems`;
  return [
    '<section class="card">',
    `<div class="head"><h3>${escapeHtml(name)}</h3><span class="${state}">${STATE_WORDS[state]}</span></div>`,
    `<div class="days" role="img" aria-label="${escapeHtml(label)}">${days.map(dayHtml).join('')}</div>`,
    `<div class="ends soft"><span>${days[0]?.date ?? ''}</span><span>${share}</span><span>Today</span></div>`,
    '</section>',
  ].join('');
}

function dayHtml({ date, healthy_percent, unhealthy_minutes }: StatusDay): string {
  const words =
    unhealthy_minutes === 0
      ? percentText(healthy_percent)
      : `${percentText(healthy_percent)}, ${unhealthy_minutes} min with problems`;
  const title = `title="${date}: ${words}"`;
  if (healthy_percent === null) return `<i class="none" ${title}></i>`;
  if (healthy_percent === 100) return `<i ${title}></i>`;
  const part = Math.max(MIN_BAD_PERCENT, 100 - healthy_percent);
  return `<i class="bad" style="--part:${part.toFixed(0)}%" ${title}></i>`;
}

function percentText(percent: number | null): string {
  return percent === null ? 'no data' : `${percent} % healthy`;
}

function incidentHtml({ bot, what, started_at, ended_at, reason }: Incident): string {
  const span =
    ended_at === null
      ? `Since ${timeHtml(started_at)}`
      : `${timeHtml(started_at)} to ${timeHtml(ended_at)}`;
  return [
    `<li><p><strong>${escapeHtml(bot)}: ${escapeHtml(what)}</strong></p>`,
    `<p class="soft">${ended_at === null ? '<span class="unhealthy">Now</span> · ' : ''}${span}</p>`,
    reason === undefined ? '' : `<p>${escapeHtml(reason)}</p>`,
    '</li>',
  ].join('');
}

/** To the minute, in UTC. */
function timeHtml(at: string): string {
  return `<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
