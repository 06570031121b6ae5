/** For tests whose subject logs. */
import { pino } from 'pino';

export const silentLogger = pino({ level: 'silent' });
