import { pino } from 'pino';
import type { Log } from '../runtime/log.ts';

/** A log whose lines are given to a function, as objects. */
export const logTo = (onLine: (line: unknown) => void): Log =>
  pino({ level: 'debug' }, { write: (text: string) => onLine(JSON.parse(text)) });
