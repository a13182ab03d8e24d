import type { Stored } from './stored.ts';

/** What there is under a path. */
export type Found =
  | { readonly kind: 'stored'; readonly stored: Stored }
  /** A segment whose chunks come one by one. */
  | { readonly kind: 'growing'; readonly chunks: AsyncIterable<Stored> }
  | { readonly kind: 'absent'; readonly problem: string }
  /** The request makes no sense. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** It will be there soon: ask again. */
  | { readonly kind: 'too-early'; readonly problem: string };

export const absent = (problem: string): Found => ({ kind: 'absent', problem });
