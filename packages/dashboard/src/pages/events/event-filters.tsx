/** Which events are shown: the filters of the API, and from when. They are kept in the URL. */
import type { EventStatus, EventType } from '@hookpulse/common/events/webhook-event';
import { UrlBot } from '../../bot-choice/url-bot.tsx';
import type { Bots } from '../../bot-choice/use-bots.ts';
import { useUrlState } from '../../state/url-state.ts';
import { FilterBar, UrlSelect, UrlText } from '../../ui/filter-bar.tsx';
import { RANGE_NAMES, RangePicker } from '../../ui/range-picker.tsx';
import { EVENT_PRESETS, FILTER_NAMES } from './event-query.ts';

const ANY = '';

const TYPE_TITLES: Readonly<Record<EventType, string>> = {
  received: 'Received',
  processed: 'Processed',
  error: 'Error',
  response_sent: 'Response sent',
  retry: 'Retry',
};
const STATUS_TITLES: Readonly<Record<EventStatus, string>> = {
  success: 'Success',
  failed: 'Failed',
  pending: 'Pending',
};

export function EventFilters({ bots, error }: Pick<Bots, 'bots' | 'error'>) {
  const url = useUrlState();
  return (
    <FilterBar names={[...FILTER_NAMES, ...RANGE_NAMES]}>
      <UrlBot bots={bots} error={error} />
      <UrlSelect name="event_type" label="Event" options={optionsOf('All events', TYPE_TITLES)} />
      <UrlSelect name="status" label="Status" options={optionsOf('Any status', STATUS_TITLES)} />
      <UrlText name="error_type" label="Error type" />
      {url.get('error_fingerprint') !== '' && (
        <UrlText name="error_fingerprint" label="Error group" />
      )}
      <UrlText name="update_type" label="Update type" />
      <UrlText name="update_id" label="Update id" isNumeric />
      <RangePicker presets={EVENT_PRESETS} />
    </FilterBar>
  );
}

function optionsOf(titleOfAll: string, titles: Readonly<Record<string, string>>) {
  const options = Object.entries(titles).map(([value, title]) => ({ value, title }));
  return [{ value: ANY, title: titleOfAll }, ...options];
}
