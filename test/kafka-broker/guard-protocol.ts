/** Written to the guard before its input is closed, when the broker is to start again later. */
export const KEEP_FOLDER = 'keep the folder';
