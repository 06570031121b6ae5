/**
 * Chooses a span of time: one of some presets, or from one time to another in the viewer's zone. It
 * is kept in the URL (`rangeOfUrl`), where "Clear" of a filter bar removes `RANGE_NAMES`.
 */
import { useEffect, useId, useState } from 'preact/hooks';
import { serverNow } from '../api/server-clock.ts';
import { LAST_LOCAL_DATE_TIME } from '../format/times.ts';
import { draftOfSpan, rangeOfDraft, shownSpan } from '../state/range-draft.ts';
import {
  hasUnknownRange,
  presetText,
  type RangePreset,
  rangeOfUrl,
  rangeText,
  type TimeRange,
  urlOfRange,
} from '../state/time-range.ts';
import { useUrlState } from '../state/url-state.ts';
import { Button } from './button.tsx';
import { SelectField } from './fields.tsx';
import './range-picker.css';

/** Its parameters of the address. */
export const RANGE_NAMES = ['range', 'from', 'to'] as const;

const OWN = 'own';

export interface RangePickerProps {
  /** Those that may be chosen; the first one is meant when the address says nothing. */
  readonly presets: readonly [RangePreset, ...RangePreset[]];
}

export function RangePicker({ presets }: RangePickerProps) {
  const url = useUrlState();
  const range = rangeOfUrl(url, presets);
  const [isAsked, setIsAsked] = useState(false);
  const shown = Object.values(urlOfRange(range, presets[0])).join(' ');
  // Whatever else was chosen meanwhile, such as by "Clear" or "back", is what counts.
  useEffect(() => setIsAsked(false), [shown]);

  const choose = (chosen: TimeRange) => url.set(urlOfRange(chosen, presets[0]), true);
  const choosePreset = (value: string) => {
    const preset = presets.find((name) => name === value);
    setIsAsked(preset === undefined);
    if (preset) choose({ kind: 'preset', preset });
  };
  return (
    <>
      <SelectField
        label="Range"
        isCompact
        options={[
          ...presets.map((preset) => ({ value: preset, title: presetText(preset) })),
          { value: OWN, title: 'Custom…' },
        ]}
        value={range.kind === 'own' || isAsked ? OWN : range.preset}
        onInput={choosePreset}
      />
      {(range.kind === 'own' || isAsked) && (
        <OwnRange key={shown} range={range} onChoose={choose} />
      )}
      <UnknownRange presets={presets} />
    </>
  );
}

/** Says what is shown instead of what the address asks for, where that is no time. */
export function UnknownRange({ presets }: RangePickerProps) {
  const url = useUrlState();
  if (!hasUnknownRange(url, presets)) return null;
  return (
    <span class="field-note tone-bad" role="status">
      The time in the address is not known. Shown instead: {rangeText(rangeOfUrl(url, presets))}.
    </span>
  );
}

interface OwnRangeProps {
  readonly range: TimeRange;
  readonly onChoose: (range: TimeRange) => void;
}

/** Taken only when it is complete: a year that is half typed is one, too. */
function OwnRange({ range, onChoose }: OwnRangeProps) {
  const [shown] = useState(() => shownSpan(range, serverNow()));
  const [initial] = useState(() => draftOfSpan(shown));
  const [draft, setDraft] = useState(initial);
  const [problem, setProblem] = useState<string | null>(null);
  const problemId = useId();
  const isTaken = range.kind === 'own' && draft.from === initial.from && draft.to === initial.to;
  const apply = () => {
    const outcome = rangeOfDraft(draft, shown);
    setProblem(outcome.kind === 'bad' ? outcome.problem : null);
    if (outcome.kind === 'range') onChoose(outcome.range);
  };
  const field = (name: 'from' | 'to', title: string) => (
    <label class="range-bound">
      {title}
      <input
        class="input"
        type="datetime-local"
        max={LAST_LOCAL_DATE_TIME}
        value={draft[name]}
        aria-invalid={problem !== null}
        aria-describedby={problemId}
        onInput={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <form
      class="range-own"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      {field('from', 'From')}
      {field('to', 'To')}
      <Button type="submit" isDisabled={isTaken}>
        Apply
      </Button>
      <span id={problemId} class={problem ? 'field-note tone-bad' : 'field-note'} role="status">
        {problem ?? viewersZone()}
      </span>
    </form>
  );
}

/** `Europe/Berlin` */
function viewersZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
