/** Alert settings to be read: what is in force, and what of it is overridden. */

import { RULE_FORMS } from '@hookpulse/api/alert-form';
import type { EffectiveAlerts } from '@hookpulse/api/alert-settings-view';
import type { AlertOverrides } from '@hookpulse/common/alerts/alert-settings';
import { Card } from '../ui/card.tsx';
import { ToneBadge } from '../ui/status-badge.tsx';
import { quantityText, valueText } from './setting-fields.ts';
import { draftOf } from './settings-draft.ts';
import './settings-form.css';
import './settings-list.css';

export interface SettingsListProps {
  readonly overrides: AlertOverrides;
  readonly effective: EffectiveAlerts;
}

export function SettingsList({ overrides, effective }: SettingsListProps) {
  const { numbers, switches, receiverMode } = draftOf(overrides);
  return (
    <div class="alert-settings">
      <Card title="Receivers">
        <p>
          {effective.receivers.join(', ') || 'Nobody'}
          {receiverMode !== 'inherit' && OVERRIDDEN}
        </p>
      </Card>
      {RULE_FORMS.map(({ rule, title, fields }) => (
        <Card
          key={rule}
          title={title}
          aside={
            <span>
              {effective[rule].enabled ? (
                <ToneBadge tone="good">On</ToneBadge>
              ) : (
                <ToneBadge tone="idle">Off</ToneBadge>
              )}
              {switches[rule] !== 'inherit' && OVERRIDDEN}
            </span>
          }
        >
          <dl class="settings-list">
            {fields.map((field) => {
              const value = quantityText(valueText(field, effective), field.unit);
              return (
                <div key={field.key}>
                  <dt>{field.label}</dt>
                  <dd>
                    {value}
                    {numbers[field.key] !== '' && OVERRIDDEN}
                  </dd>
                </div>
              );
            })}
          </dl>
        </Card>
      ))}
    </div>
  );
}

const OVERRIDDEN = <span class="settings-overridden"> overridden</span>;
