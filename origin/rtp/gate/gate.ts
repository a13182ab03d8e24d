import type { PresentationId } from '../../../wire/ids.ts';

/** Who asks to play over RTSP or WHEP, as it was said; nothing of it is checked yet. */
export type Asked = {
  readonly presentation: PresentationId;
  /** Of RTSP or HTTP: a Digest is made for one method. */
  readonly method: string;
  /** As the request line says it. */
  readonly uri: string;
  /** The `Authorization` header. */
  readonly authorization: string | null;
  /** From `?token=` or `/t/<token>/`. */
  readonly token: string | null;
  /** The player's, without a port. */
  readonly address: string;
};

export type GateAnswer =
  /** Where `ends` is left out nothing ends it. */
  | { readonly kind: 'open'; readonly ends?: Ends }
  /** 401; each is a `WWW-Authenticate` header of its own, in this order. */
  | { readonly kind: 'challenge'; readonly wwwAuthenticate: readonly string[] }
  /** 403, with the reason in words. */
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Has a session ended: `end` is called once, with the reason in words, when what let the player in is good no more.
 * Call what it returns when the session is over.
 */
export type Ends = (end: (reason: string) => void) => () => void;

/**
 * Lets a player in or not. It is asked before a session begins (DESCRIBE, SETUP, PLAY of RTSP, the POST of WHEP); what
 * a session that plays asks for later needs no answer.
 */
export type Gate = (asked: Asked) => Promise<GateAnswer>;
