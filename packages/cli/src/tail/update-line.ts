/** An update of the stream, for people. */
import { fieldsOf } from '@hookpulse/common/events/update-record';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Terminal } from '../terminal.ts';
import { BOT_WIDTH, oneLine } from './event-line.ts';

const StreamedUpdateSchema = Type.Object({
  bot_id: Type.String(),
  update_id: Type.Union([Type.Integer(), Type.Null()]),
  update_type: Type.Union([Type.String(), Type.Null()]),
  received_at: Type.Union([Type.String(), Type.Null()]),
  replay_id: Type.Union([Type.String(), Type.Null()]),
  update: Type.Record(Type.String(), Type.Unknown()),
});
export type StreamedUpdate = Static<typeof StreamedUpdateSchema>;

export const streamedUpdateValidator = Compile(StreamedUpdateSchema);

/** `20:00:00.000  orders-bot  update 7 (message)  Ada: hello` */
export function updateLine(
  { bot_id, update_id, update_type, received_at, replay_id, update }: StreamedUpdate,
  { style }: Pick<Terminal, 'style'>,
): string {
  const kind = update_type === null ? '' : ` (${oneLine(update_type)})`;
  const said = update_type === null ? '' : wordsOf(fieldsOf(update[update_type]));
  return [
    style('dim', (received_at ?? '').slice('yyyy-mm-ddT'.length, -1)),
    style('bold', bot_id.padEnd(BOT_WIDTH)),
    `update ${update_id ?? '?'}${kind}`,
    ...(replay_id === null ? [] : [style('yellow', 'replayed')]),
    said,
  ]
    .join('  ')
    .trimEnd();
}

/** Who wrote what, as far as the update has it. */
function wordsOf(content: Readonly<Record<string, unknown>>): string {
  const { first_name: name } = fieldsOf(content.from);
  const text = [content.text, content.caption, content.data, content.query].find(
    (one) => typeof one === 'string',
  );
  return [name, text]
    .filter((part) => typeof part === 'string')
    .map(oneLine)
    .join(': ');
}
