/** The schema of counts. */
import Type from 'typebox';

/** How many of something: never negative, always whole. */
export const Count = Type.Integer({ minimum: 0 });
