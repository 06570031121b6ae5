/** Several bots, chosen one after the other. */
import { X } from 'lucide';
import { useMemo } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import type { Choice } from '../ui/choice-matches.ts';
import { ComboBox } from '../ui/combo-box.tsx';
import { choiceOfBot } from './bot-choices.ts';
import './bots-field.css';
import { useBots } from './use-bots.ts';

export interface BotsFieldProps {
  /** Ids. */
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  /** Below the field: what the choice means. */
  readonly hint: string;
  readonly onChange: (bots: readonly string[]) => void;
}

const ADD_BOT: Choice = { value: '', title: 'Add a bot' };

export function BotsField({ chosen, error, hint, onChange }: BotsFieldProps) {
  const { bots, names } = useBots();
  const choices = useMemo(
    () => bots.filter(({ bot_id }) => !chosen.includes(bot_id)).map(choiceOfBot),
    [bots, chosen],
  );
  return (
    <div class="field">
      <span class="field-label">Bots</span>
      <ComboBox
        label="Bots"
        choices={choices}
        chosen={ADD_BOT}
        onChoose={({ value }) => onChange([...chosen, value])}
      />
      {chosen.length > 0 && (
        <ul class="bots-field" aria-label="Chosen bots">
          {chosen.map((botId) => (
            <li key={botId}>
              <span title={botId}>{names.get(botId) ?? botId}</span>
              <Button
                kind="quiet"
                icon={X}
                label={`Remove ${names.get(botId) ?? botId}`}
                onClick={() => onChange(chosen.filter((one) => one !== botId))}
              />
            </li>
          ))}
        </ul>
      )}
      <span class={error ? 'field-note tone-bad' : 'field-note'}>{error ?? hint}</span>
    </div>
  );
}
