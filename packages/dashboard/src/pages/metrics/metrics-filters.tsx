/** The filters of the metrics: bots, unit and range, kept in the URL. */
import type { BotView } from '@hookpulse/api/bot-view';
import { useMemo } from 'preact/hooks';
import type { ApiError } from '../../api/client.ts';
import { useUrlState } from '../../state/url-state.ts';
import { ComboBox } from '../../ui/combo-box.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { RANGE_NAMES, RangePicker } from '../../ui/range-picker.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { botsShown } from '../bots/bot-list.ts';
import {
  canBeByMinute,
  METRICS_PRESETS,
  type MetricsQuery,
  urlOfSubject,
} from './metrics-query.ts';
import {
  choiceOfSubject,
  choiceOfText,
  subjectChoices,
  subjectOfChoice,
} from './subject-choices.ts';

export const FILTER_NAMES = ['bot_id', 'group', 'by', ...RANGE_NAMES] as const;

const UNIT_OPTIONS = [
  { value: 'minute', title: 'By minute' },
  { value: 'hour', title: 'By hour' },
  { value: 'day', title: 'By day' },
] as const;

export interface MetricsFiltersProps {
  readonly query: MetricsQuery;
  readonly bots: readonly BotView[];
  /** Why bots are not known; null: they are. */
  readonly error: ApiError | null;
  readonly nowMs: number;
}

export function MetricsFilters({ query, bots, error, nowMs }: MetricsFiltersProps) {
  const url = useUrlState();
  const choices = useMemo(() => subjectChoices(botsShown(bots, '', 'all')), [bots]);
  // A row that is open is one of another list then.
  const set = (changes: Readonly<Record<string, string | null>>) =>
    url.set({ ...changes, row: null }, true);
  return (
    <FilterBar names={FILTER_NAMES}>
      <ComboBox
        label="Bots"
        choices={choices}
        chosen={choiceOfSubject(query.subject, bots)}
        onChoose={(choice) => set(urlOfSubject(subjectOfChoice(choice)))}
        choiceOfText={choiceOfText}
        problem={error && `Bots could not be loaded. ${error.message}`}
      />
      <Segmented
        label="Rows"
        options={UNIT_OPTIONS.filter(
          ({ value }) => value !== 'minute' || canBeByMinute(query, nowMs),
        )}
        value={query.unit}
        onChange={(value) => set({ by: value === 'hour' ? null : value })}
      />
      <RangePicker presets={METRICS_PRESETS} />
    </FilterBar>
  );
}
