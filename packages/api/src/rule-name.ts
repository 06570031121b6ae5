/** Names of alert rules, as callers write them. */
import { RULE_NAMES } from '@hookpulse/common/alerts/rules/rules';
import Type from 'typebox';

/** In words. */
export const ALLOWED_RULES = `one of ${RULE_NAMES.join(', ')}`;

export const RuleName = Type.Enum(RULE_NAMES, { description: ALLOWED_RULES });
