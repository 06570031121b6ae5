/** Where the next page of an answer begins. */
import Type from 'typebox';

export const NextCursor = Type.Union([Type.String(), Type.Null()], {
  description: 'null: no more pages',
});
