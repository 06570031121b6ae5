/**
 * The pages that one goes to from everywhere, in the order of the sidebar. The script of a page is loaded
 * when somebody goes there.
 */

import { PAGE_PATHS } from '@hookpulse/api/page-paths';
import {
  Activity,
  Bell,
  Bot,
  ChartNoAxesColumn,
  CircleAlert,
  type IconNode,
  LayoutGrid,
} from 'lucide';
import type { ComponentType } from 'preact';
import { lazy } from 'preact-iso';
import type { PageAccess } from './gate.tsx';

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
    component: lazy(() => import('./fleet/fleet-page.tsx').then((page) => page.FleetPage)),
    below: ['/bots/'],
  },
  {
    path: PAGE_PATHS.errors,
    title: 'Errors',
    icon: CircleAlert,
    shortcut: 'r',
    access: 'read',
    component: lazy(() => import('./errors/errors-page.tsx').then((page) => page.ErrorsPage)),
  },
  {
    path: PAGE_PATHS.events,
    title: 'Events',
    icon: Activity,
    shortcut: 'e',
    access: 'read',
    component: lazy(() => import('./events/events-page.tsx').then((page) => page.EventsPage)),
    below: ['/events/'],
  },
  {
    path: PAGE_PATHS.metrics,
    title: 'Metrics',
    icon: ChartNoAxesColumn,
    shortcut: 'm',
    access: 'read',
    component: lazy(() => import('./metrics/metrics-page.tsx').then((page) => page.MetricsPage)),
  },
  {
    path: PAGE_PATHS.alerts,
    title: 'Alerts',
    icon: Bell,
    shortcut: 'a',
    access: 'read',
    component: lazy(() => import('./alerts/alerts-page.tsx').then((page) => page.AlertsPage)),
  },
  {
    path: PAGE_PATHS.bots,
    title: 'Bots',
    icon: Bot,
    shortcut: 'b',
    access: 'read',
    component: lazy(() => import('./bots/bots-page.tsx').then((page) => page.BotsPage)),
  },
];
