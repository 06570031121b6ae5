/** A status page that is being created or changed: what was chosen, and what is asked for. */
import type {
  NewStatusPage,
  StatusPagePatch,
  StatusPageView,
} from '@hookpulse/api/status-page-view';
import type { StatusVisibility } from '@hookpulse/common/bots/status-page';

export interface StatusPageDraft {
  readonly name: string;
  readonly title: string;
  readonly bots: readonly string[];
  readonly visibility: StatusVisibility;
  readonly showsReasons: boolean;
}

/** What everybody sees is a choice that somebody makes. */
export const NEW_STATUS_PAGE: StatusPageDraft = {
  name: '',
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

export function draftOf(page: StatusPageView): StatusPageDraft {
  const { name, title, bot_ids, visibility, shows_reasons } = page;
  return { name, title, bots: bot_ids, visibility, showsReasons: shows_reasons };
}

export function newStatusPageBody(draft: StatusPageDraft): NewStatusPage {
  return { name: draft.name.trim(), ...changedFields(draft) };
}

export function changedFields(draft: StatusPageDraft): Required<StatusPagePatch> {
  const { title, bots, visibility, showsReasons } = draft;
  return { title: title.trim(), bot_ids: [...bots], visibility, shows_reasons: showsReasons };
}
