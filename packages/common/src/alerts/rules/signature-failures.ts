/** `signature_failures`: somebody calls a bot's webhook without its secret (contract, section 7). */
import Type from 'typebox';
import { formatLast } from './format-span.ts';
import { COMMON_SETTINGS, type Rule } from './rule.ts';

const Settings = Type.Object(
  {
    ...COMMON_SETTINGS,
    threshold: Type.Integer({
      minimum: 0,
      maximum: 1_000_000_000,
      title: 'Fires above',
      'x-unit': 'failures',
      description:
        'an integer, 0 or more: it fires above this many signature validation failures in the window',
    }),
  },
  { title: 'Signature failures' },
);

export const signatureFailures: Rule<typeof Settings> = {
  settings: Settings,
  icon: '🔒',
  title: 'Webhook Security Alert',
  meaning: 'More deliveries in the window had a wrong secret, or none, than the threshold allows.',
  firstChecks: [],
  gauge: {
    title: 'Signature validation failures',
    unit: 'count',
    read: ({ signature_validation_failures = 0, threshold = 0 }) => ({
      value: signature_validation_failures,
      line: threshold,
    }),
  },
  mailHasFooter: false,
  defaultsFrom: (environment) => ({
    enabled: true,
    repeat_after_minutes: environment.repeatAfterMinutes,
    threshold: environment.signatureFailureThreshold,
  }),
  holds: ({ signatureFailures: failures }, { threshold }) => failures > threshold,
  // While nothing else arrives, few wrong secrets or none do not show that the right one is in use.
  ending({ events, signatureFailures: failures }) {
    if (events > failures) return 'clear';
    return failures > 0 ? 'failing' : 'unknown';
  },
  describe({ signatureFailures: failures }, { threshold }, bot, { windowMs }) {
    return {
      sentence: `Security alert for bot ${bot.name}: ${failures} signature validation failures in last ${formatLast(windowMs)}`,
      severity: failures,
      facts: { signature_validation_failures: failures, threshold },
    };
  },
  brief: ({ signature_validation_failures: failures = 0 }) =>
    `${failures} signature validation failures`,
};
