/** The pages that one goes to from everywhere, in the order of the sidebar. */

import { PAGE_PATHS } from '@hookpulse/api/page-paths';
import { Activity, Bell, Bot, ChartNoAxesColumn, type IconNode, LayoutGrid } from 'lucide';
import type { ComponentType } from 'preact';
import { AlertsPage } from './alerts/alerts-page.tsx';
import { BotsPage } from './bots/bots-page.tsx';
import { EventsPage } from './events/events-page.tsx';
import { FleetPage } from './fleet/fleet-page.tsx';
import type { PageAccess } from './gate.tsx';
import { MetricsPage } from './metrics/metrics-page.tsx';

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly icon: IconNode;
  /** Goes there when it follows `g`. */
  readonly shortcut: string;
  readonly access: PageAccess;
  readonly component: ComponentType;
  /** Beginnings of the paths of pages that belong to it. */
  readonly below?: readonly string[];
}

export const PAGES: readonly Page[] = [
  {
    path: PAGE_PATHS.fleet,
    title: 'Fleet',
    icon: LayoutGrid,
    shortcut: 'f',
    access: 'health',
    component: FleetPage,
    below: ['/bots/'],
  },
  {
    path: PAGE_PATHS.events,
    title: 'Events',
    icon: Activity,
    shortcut: 'e',
    access: 'read',
    component: EventsPage,
    below: ['/events/'],
  },
  {
    path: PAGE_PATHS.metrics,
    title: 'Metrics',
    icon: ChartNoAxesColumn,
    shortcut: 'm',
    access: 'read',
    component: MetricsPage,
  },
  {
    path: PAGE_PATHS.alerts,
    title: 'Alerts',
    icon: Bell,
    shortcut: 'a',
    access: 'read',
    component: AlertsPage,
  },
  {
    path: PAGE_PATHS.bots,
    title: 'Bots',
    icon: Bot,
    shortcut: 'b',
    access: 'read',
    component: BotsPage,
  },
];
