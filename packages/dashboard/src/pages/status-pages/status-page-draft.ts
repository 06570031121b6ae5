/** A status page that is being created or changed: what was chosen, and what is asked for. */
import type {
  NewStatusPage,
  StatusPagePatch,
  StatusPageView,
} from '@hookpulse/api/status-page-view';
import type { StatusVisibility } from '@hookpulse/common/bots/status-page';
import type { Values } from '../../state/edit.ts';

export interface StatusPageDraft {
  readonly title: string;
  readonly bots: readonly string[];
  readonly visibility: StatusVisibility;
  readonly showsReasons: boolean;
}

const SHOWN = 'Shown';
const NOT_SHOWN = 'Not shown';

/** A page is never public by default. */
export const NEW_STATUS_PAGE: StatusPageDraft = {
  title: '',
  bots: [],
  visibility: 'link',
  showsReasons: false,
};

export const VISIBILITY_OPTIONS = [
  { value: 'link', title: 'Secret link' },
  { value: 'public', title: 'Public' },
] as const;

export const VISIBILITY_MEANINGS: Readonly<Record<StatusVisibility, string>> = {
  link: 'Whoever has the link sees the page. Search engines do not list it.',
  public: 'Everybody who reaches this address sees the page.',
};

export function newStatusPageBody(name: string, draft: StatusPageDraft): NewStatusPage {
  return { name: name.trim(), ...fieldsOf(draft) };
}

/** Fields of the form by the names that the API has for them. */
export const FIELD_TITLES: Readonly<Record<string, string>> = {
  title: 'Title',
  bot_ids: 'Bots',
  visibility: 'Who sees it',
  shows_reasons: 'Show reasons',
};

export function valuesOfPage(page: StatusPageView): Values {
  const { title, bot_ids, visibility, shows_reasons } = page;
  return valuesOfDraft({ title, bots: bot_ids, visibility, showsReasons: shows_reasons });
}

export function valuesOfDraft({ title, bots, visibility, showsReasons }: StatusPageDraft): Values {
  return {
    ...{ title, bot_ids: bots.join(' '), visibility },
    shows_reasons: showsReasons ? SHOWN : NOT_SHOWN,
  };
}

export function draftOfValues(values: Values): StatusPageDraft {
  const { title = '', bot_ids = '', visibility, shows_reasons } = values;
  return {
    title,
    bots: bot_ids.split(' ').filter((botId) => botId !== ''),
    visibility: visibility === 'public' ? 'public' : 'link',
    showsReasons: shows_reasons === SHOWN,
  };
}

/** The changed fields alone, so that changes by others to the rest stay. Null: none. */
export function changedFields(typed: Values, stored: Values): StatusPagePatch | null {
  const before = fieldsOf(draftOfValues(stored));
  const { title, bot_ids, visibility, shows_reasons } = fieldsOf(draftOfValues(typed));
  const patch: StatusPagePatch = {
    ...(title === before.title ? {} : { title }),
    ...(bot_ids.join() === before.bot_ids.join() ? {} : { bot_ids }),
    ...(visibility === before.visibility ? {} : { visibility }),
    ...(shows_reasons === before.shows_reasons ? {} : { shows_reasons }),
  };
  return Object.keys(patch).length === 0 ? null : patch;
}

function fieldsOf(draft: StatusPageDraft): Required<StatusPagePatch> {
  const { title, bots, visibility, showsReasons } = draft;
  return { title: title.trim(), bot_ids: [...bots], visibility, shows_reasons: showsReasons };
}
