/** One bot or all, bound to `bot_id` of the address. */
import { useMemo } from 'preact/hooks';
import { botsShown } from '../pages/bots/bot-list.ts';
import { useUrlState } from '../state/url-state.ts';
import type { Choice } from '../ui/choice-matches.ts';
import { ComboBox } from '../ui/combo-box.tsx';
import { choiceOfBot, choiceOfId, choiceOfText } from './bot-choices.ts';
import type { Bots } from './use-bots.ts';

const ALL: Choice = { value: '', title: 'All bots' };

export function UrlBot({ bots, error }: Pick<Bots, 'bots' | 'error'>) {
  const url = useUrlState();
  const botId = url.get('bot_id');
  const choices = useMemo(() => [ALL, ...botsShown(bots, '', 'all').map(choiceOfBot)], [bots]);
  return (
    <ComboBox
      label="Bot"
      choices={choices}
      chosen={botId === '' ? ALL : choiceOfId(botId, bots)}
      onChoose={({ value }) => url.set({ bot_id: value }, true)}
      choiceOfText={choiceOfText}
      problem={error && `Bots could not be loaded. ${error.message}`}
    />
  );
}
