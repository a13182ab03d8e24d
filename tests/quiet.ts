import { pino } from 'pino';
import type { Log } from '../runtime/log.ts';

/** A log that says nothing. */
export const quiet: Log = pino({ level: 'silent' });
