/** `POST /api/alerts/test`: sends a test notification to one receiver, and says what became of it. */
import { ALERT_TEST_PATH, AlertTestSchema, AlertTestViewSchema } from '@hookpulse/api/alert-test';
import { openMailTransport } from '@hookpulse/channels/mail/open-mail-transport';
import type { Notification, Outcome } from '@hookpulse/channels/notification';
import { type ChannelSettings, openChannels } from '@hookpulse/channels/open-channels';
import { ReceiverBook } from '@hookpulse/channels/receiver-book';
import { testNotification } from '@hookpulse/channels/test-notification';
import type { AlertSettings } from '@hookpulse/common/alerts/alert-settings';
import { isShortForm, readReceiver } from '@hookpulse/common/alerts/receiver';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { createRateLimiter } from '@hookpulse/common/values/rate-limiter';
import type { SecretBox } from '@hookpulse/common/values/sealed-secret';
import type { MailConfig } from '@hookpulse/service-kit/config/config';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema, tooManyRequests } from '@hookpulse/service-kit/http/http-error';
import { invalidField } from '@hookpulse/service-kit/http/invalid-input';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';

/** What notifications are sent by. */
export interface SendingSettings {
  readonly mail: Pick<MailConfig, 'smtpUrl' | 'outboxDir' | 'from'>;
  readonly channels: ChannelSettings;
}

export interface TestNotificationDeps {
  readonly sending: SendingSettings;
  readonly registry: Pick<BotRegistry, 'get' | 'list'>;
  readonly controls: Pick<AlertControls, 'overrides'>;
  /** Of the environment. */
  readonly alertDefaults: AlertSettings;
  readonly secretBox: SecretBox | null;
  readonly clock: Clock;
}

/** It wakes people, and asks servers of others. */
const TESTS_PER_MINUTE = 10;
const RESULTS = { accepted: 'taken', later: 'not_now', refused: 'refused' } as const;

export function registerTestNotification(app: HttpApp, deps: TestNotificationDeps): void {
  const { sending, registry, controls, alertDefaults: base, secretBox, clock } = deps;
  const limiter = createRateLimiter(TESTS_PER_MINUTE);
  const { botToken } = sending.channels;
  const book = new ReceiverBook({ registry, controls, base, secretBox, botToken });

  app.post(
    ALERT_TEST_PATH,
    {
      config: { access: 'admin' },
      schema: {
        tags: ['alerts'],
        summary: 'Sends a test notification to a receiver, and says what it answered',
        description: `A receiver that is set may be given by its short form. At most ${TESTS_PER_MINUTE} a minute; this requires the scope admin.`,
        body: AlertTestSchema,
        response: {
          200: AlertTestViewSchema,
          400: ErrorBodySchema,
          403: ErrorBodySchema,
          429: ErrorBodySchema,
        },
      },
    },
    async (request) => {
      const { name, receiver } = given(request.body.receiver);
      const waitMs = limiter.take('', clock.now());
      if (waitMs > 0) throw tooManyRequests(waitMs, 'test notifications');
      const startedMs = performance.now();
      const outcome = await sendOnce(testNotification(name, clock.now()), {
        open: (shown, alerts) => receiver ?? book.open(shown, alerts),
        tokenOf: (target, alerts) => book.tokenOf(target, alerts),
      });
      return {
        receiver: name,
        result: RESULTS[outcome.kind],
        detail: outcome.detail,
        duration_ms: Math.round(performance.now() - startedMs),
      };
    },
  );

  /** The receiver itself, or null where its short form is looked up. @throws HttpError 400 */
  function given(text: string) {
    if (isShortForm(text)) {
      const bots = registry.list();
      const opened = book.open(text, bots);
      if (opened.kind === 'refused') {
        throw invalidField('receiver', `receiver ${text} is not set. Send the whole URL`);
      }
      return { name: text, receiver: opened.kind === 'later' ? null : opened };
    }
    const result = readReceiver(text);
    if (!result.isOk) throw invalidField('receiver', `receiver must be ${result.problem}`);
    return { name: result.shown, receiver: result.receiver };
  }

  async function sendOnce(
    notification: Notification,
    ownBook: Pick<ReceiverBook, 'open' | 'tokenOf'>,
  ): Promise<Outcome> {
    const mail = openMailTransport(sending.mail);
    const channel = openChannels({ mail, book: ownBook, settings: sending.channels, clock });
    try {
      return await channel.send(notification);
    } finally {
      await channel.close();
    }
  }
}
