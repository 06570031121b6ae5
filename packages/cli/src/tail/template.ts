/** `--format`: a line made of fields, such as `{bot_id} {update.message.text}`. */
import { fieldsOf } from '@hookpulse/common/events/update-record';
import { CommandError } from '../command-error.ts';
import { oneLine } from './event-line.ts';

const FIELD = /\{([^{}]*)\}/g;
const PATH = /^[A-Za-z_]\w*(\.\w+)*$/;

/** @returns what makes a line of an event or update  @throws CommandError */
export function lineTemplate(template: string): (value: unknown) => string {
  const fields = [...template.matchAll(FIELD)].map(([, path = '']) => path);
  const wrong = fields.find((path) => !PATH.test(path));
  if (wrong !== undefined || fields.length === 0) {
    throw new CommandError(
      `--format must have fields in braces, such as "{bot_id} {update_id}"${wrong === undefined ? '' : `, not "{${wrong}}"`}`,
    );
  }
  return (value) =>
    template.replaceAll(FIELD, (_whole, path: string) => shown(valueAt(value, path)));
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (at, name) =>
        Array.isArray(at)
          ? at[Number(name)]
          : Object.hasOwn(fieldsOf(at), name)
            ? fieldsOf(at)[name]
            : undefined,
      value,
    );
}

/** A field that is missing is an empty text. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value));
}
