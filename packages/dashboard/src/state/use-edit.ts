/**
 * A form that edits a part of something that the API stores. What is typed outlives refreshes and the
 * saves of others; a save that would undo another one asks first (`If-Match`, RFC 9110, 13.1.1).
 */
import { useEffect, useState } from 'preact/hooks';
import { type ApiError, askVersioned, isOutOfDate, type Versioned } from '../api/client.ts';
import { useWrite } from '../api/use-write.ts';
import {
  beginEdit,
  type Edit,
  type Values,
  withMine,
  withStored,
  withTheirs,
  withTyped,
} from './edit.ts';

/** Of saves of others that change other fields; nobody saves so fast for long. */
const MAX_TRIES = 5;

export interface EditOptions<T> {
  /** Read by GET, changed by PATCH. */
  readonly path: string;
  /** As it was last read. */
  readonly known: Versioned<T>;
  readonly valuesOf: (answer: T) => Values;
  /** The request that makes the values what is stored. */
  readonly bodyOf: (typed: Values, stored: Values) => unknown;
  /** Told what a change was answered by, such as a secret that is shown only once. */
  readonly onAnswer?: (answer: T) => void;
}

export interface EditedForm extends Pick<Edit, 'stored' | 'typed'> {
  setTyped(typed: Values): void;
  discard(): void;
  /** @returns whether it is saved; else `error` is set, or `conflict` */
  save(): Promise<boolean>;
  readonly isBusy: boolean;
  readonly error: ApiError | null;
  /** Somebody else has changed what was typed here; null: nobody has, or it is decided. */
  readonly conflict: Conflict | null;
}

export interface Conflict {
  readonly contested: readonly string[];
  /** Saves what is typed. */
  keepMine(): Promise<boolean>;
  takeTheirs(): void;
  /** Decides later. */
  close(): void;
}

export function useEdit<T>(options: EditOptions<T>): EditedForm {
  const { path, known, valuesOf, bodyOf, onAnswer } = options;
  const [edit, setEdit] = useState(() => beginEdit(valuesOf(known.data)));
  const [etag, setEtag] = useState(known.etag);
  const [isAsking, setIsAsking] = useState(false);
  const { run, isBusy, error } = useWrite();
  const stored = valuesOf(known.data);
  useEffect(() => {
    setEdit((now) => withStored(now, stored));
    setEtag(known.etag);
  }, [JSON.stringify(stored), known.etag]);

  /** @returns what is stored now; its contested fields keep it from being saved */
  async function store(edited: Edit, version: string | null): Promise<Edit> {
    let current = { edit: edited, etag: version };
    for (let tries = 1; current.edit.contested.length === 0; tries += 1) {
      const body = bodyOf(current.edit.typed, current.edit.stored);
      try {
        const answer = await askVersioned<T>(path, {
          method: 'PATCH',
          body,
          ifMatch: current.etag,
        });
        return begin(answer);
      } catch (failure) {
        if (!isOutOfDate(failure) || tries === MAX_TRIES) throw failure;
        current = take(current.edit, await askVersioned<T>(path));
      }
    }
    return current.edit;
  }

  /** What was saved may be shown in another form, such as without its secrets. */
  function begin(answer: Versioned<T>): Edit {
    const saved = beginEdit(valuesOf(answer.data));
    setEdit(saved);
    setEtag(answer.etag);
    onAnswer?.(answer.data);
    return saved;
  }

  function take(edited: Edit, answer: Versioned<T>) {
    const next = { edit: withStored(edited, valuesOf(answer.data)), etag: answer.etag };
    setEdit(next.edit);
    setEtag(next.etag);
    return next;
  }

  async function save(edited: Edit): Promise<boolean> {
    setEdit(edited);
    setIsAsking(edited.contested.length > 0);
    if (edited.contested.length > 0) return false;
    let after = edited;
    const isAnswered = await run(async () => {
      after = await store(edited, etag);
    });
    setIsAsking(after.contested.length > 0);
    return isAnswered && after.contested.length === 0;
  }

  const { contested } = edit;
  const conflict: Conflict | null =
    isAsking && contested.length > 0
      ? {
          contested,
          keepMine: () => save(withMine(edit)),
          takeTheirs: () => setEdit(withTheirs(edit)),
          close: () => setIsAsking(false),
        }
      : null;
  return {
    stored: edit.stored,
    typed: edit.typed,
    setTyped: (typed) => setEdit(withTyped(edit, typed)),
    discard: () => setEdit(beginEdit(edit.stored)),
    save: () => save(edit),
    isBusy,
    error,
    conflict,
  };
}
