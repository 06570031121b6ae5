/**
 * The addresses of the dashboard's pages. The query API answers each with the same document; the
 * dashboard's router shows the page. Not `/metrics`: there Prometheus asks.
 */
export const PAGE_PATHS = {
  fleet: '/',
  bot: '/bots/:bot_id',
  bots: '/bots',
  errors: '/errors',
  events: '/events',
  event: '/events/:event_id',
  metrics: '/hourly',
  alerts: '/alerts',
  tv: '/tv',
  signIn: '/sign-in',
} as const;

/** The troubleshooting guide, which the query API serves itself. */
export const HELP_PATH = '/help';
