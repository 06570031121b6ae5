/** The steps of the set-up, by what is known of a bot or of the fleet. */
import type { BotHealth } from '@hookpulse/api/bot-health';
import type { FleetHealth } from '@hookpulse/api/fleet-health';
import type { NotificationView } from '@hookpulse/api/notification-view';
import { troubleOf } from '../format/notification-words.ts';
import type { SetupStep } from './setup-checklist.tsx';

const SETTINGS = '/alerts?tab=settings';

type SetUpBot = Pick<BotHealth, 'webhook_registered'> & {
  readonly hourly: readonly Pick<
    BotHealth['hourly'][number],
    'requests_received' | 'requests_processed' | 'processing_errors'
  >[];
};

/** @param notifications - null: it is not known who is notified */
export function stepsOfBot(
  { webhook_registered, hourly }: SetUpBot,
  notifications: NotificationView | null,
): SetupStep[] {
  const isHeard = hourly.some(({ requests_received: received }) => received > 0);
  const isReported = hourly.some(
    ({ requests_processed, processing_errors }) => requests_processed + processing_errors > 0,
  );
  return unlessOnly(receiverStep(notifications), [
    { title: 'Bot added', isDone: true, hint: '' },
    {
      title: 'First delivery',
      isDone: webhook_registered,
      hint: 'Set the Telegram webhook as described below; it is noticed at once',
    },
    {
      title: 'First report',
      // A bot that is quiet today has shown it before.
      isDone: isReported || (webhook_registered && !isHeard),
      hint: 'Let the bot report its work with the SDK, or forward its updates',
    },
  ]);
}

/** Empty: it is set up. @param bots - empty only where there are none, also none that are disabled */
export function stepsOfFleet(
  bots: readonly Pick<FleetHealth['bots'][number], 'status'>[],
  notifications: NotificationView | null,
): SetupStep[] {
  return unlessOnly(receiverStep(notifications), [
    {
      title: 'Bot added or adopted',
      isDone: bots.length > 0,
      href: '/bots?add=1',
      hint: 'Add a bot',
    },
    {
      title: 'First delivery',
      isDone: bots.some(({ status }) => status !== 'awaiting_first_delivery'),
      hint: 'Open a bot to see how its webhook is set',
    },
  ]);
}

/** That nobody is notified is told on every page: for this alone there is no list. */
function unlessOnly(receiver: SetupStep, steps: readonly SetupStep[]): SetupStep[] {
  return steps.every(({ isDone }) => isDone) ? [] : [...steps, receiver];
}

/** What is switched off on purpose is not missed. */
function receiverStep(notifications: NotificationView | null): SetupStep {
  return {
    title: 'Receiver set',
    isDone: notifications === null || troubleOf(notifications) === null,
    href: SETTINGS,
    hint: 'Set who gets alerts, and SMTP_URL',
  };
}
