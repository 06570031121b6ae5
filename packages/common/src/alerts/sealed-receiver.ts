/** What receivers that hold secrets are sealed for. */

/** Of receivers that are set for all bots: no bot has this name. */
export const ALL_BOTS = '*';
/** The field under which they are sealed. */
export const RECEIVER_FIELD = 'alerts.receivers';
