/** Lets the files that start systems go before those that wait. */
import { setPriority } from 'node:os';
import { WAITING_VARIABLE } from './starts-system.js';

/** A third of the usual share of a core where there are not enough cores. */
const NICENESS = 5;

if (process.env[WAITING_VARIABLE] !== undefined) setPriority(NICENESS);
