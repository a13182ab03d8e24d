import type { Presentation } from '../wire/presentation.ts';
import type { Replica } from './replica.ts';

/** A presentation and this edge's copy of its timelines. */
export type Show = { readonly presentation: Presentation; readonly replica: Replica };
