import {
  CARRIES,
  EXTENSIONS,
  type Extension,
  type Handshake,
  MAGIC,
  STAGES,
} from '../../../media/srt/handshake.ts';
import type { SocketId } from '../../../media/srt/header.ts';
import { type ConnectionSettings, FLAGS, parseSettings, printSettings } from '../../../media/srt/settings.ts';
import { readStreamId, type StreamId } from '../../../media/srt/stream-id.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { RefusalCode } from '../door.ts';
import { WINDOW_PACKETS } from './receive-buffer.ts';

/** What a caller asks for in its conclusion. */
export type Request = {
  readonly kind: 'request';
  readonly stream: StreamId;
  readonly settings: ConnectionSettings;
  /** Its keys, wrapped; null where it does not encrypt. */
  readonly keyMaterial: Uint8Array | null;
};

/** A handshake that can't become a connection, whoever sent it. */
export type Rejection = { readonly kind: 'rejected'; readonly code: number; readonly reason: string };

/**
 * Why a caller is turned away (draft-sharabayko-srt table 7, and the access control guidelines of SRT). On the wire
 * they are the handshake's stage: 1000 and the code.
 */
export const REJECTIONS = {
  resource: 3,
  version: 8,
  badSecret: 10,
  unsecure: 11,
  stream: 12,
  congestion: 13,
  filter: 14,
  group: 15,
  badRequest: 1_400,
  unauthorized: 1_401,
  forbidden: 1_403,
  notFound: 1_404,
  badMode: 1_405,
  conflict: 1_409,
  locked: 1_423,
} as const;

/** What a publisher hears of our own reasons. */
export const REFUSALS: Readonly<Record<RefusalCode, number>> = {
  'unknown-channel': REJECTIONS.notFound,
  'wrong-key': REJECTIONS.unauthorized,
  taken: REJECTIONS.conflict,
  stopped: REJECTIONS.locked,
  'not-published-to': REJECTIONS.forbidden,
};

const rejected = (code: number, reason: string): Rejection => ({ kind: 'rejected', code, reason });

/** Reads a conclusion whose cookie is good. */
export function readRequest(handshake: Handshake): Request | Rejection {
  if (handshake.version !== 5) return rejected(REJECTIONS.version, 'its SRT is older than 1.3');
  const find = (type: number) => handshake.extensions.find((extension) => extension.type === type)?.content;
  const settings = parseSettings(find(EXTENSIONS.settingsRequest) ?? new Uint8Array());
  if (settings === null) return rejected(REJECTIONS.version, 'it does not say what it can do');
  if (settings.flags & FLAGS.stream) return rejected(REJECTIONS.stream, 'it sends a file, not live media');
  if (!isLive(find(EXTENSIONS.congestion)))
    return rejected(REJECTIONS.congestion, 'it sends a file, not live media');
  if (find(EXTENSIONS.filter)) return rejected(REJECTIONS.filter, 'packet filters are not for this door');
  if (find(EXTENSIONS.group)) return rejected(REJECTIONS.group, 'groups of links are not for this door');
  return {
    kind: 'request',
    stream: readStreamId(find(EXTENSIONS.streamId) ?? new Uint8Array()),
    settings,
    keyMaterial: find(EXTENSIONS.keyMaterialRequest) ?? null,
  };
}

/** `live`, in words whose bytes are in the reverse order; it is meant where nothing is said. */
const isLive = (content: Uint8Array | undefined) =>
  content === undefined || new TextDecoder().decode(content) === 'evil';

/** 1.5.0: what is answered is as that version does it. */
const VERSION = 0x01_05_00;

const ABILITIES =
  FLAGS.timedSending |
  FLAGS.timedReceiving |
  FLAGS.encryption |
  FLAGS.dropsLate |
  FLAGS.periodicLossReports |
  FLAGS.marksRetransmissions;

/** The larger of what both sides wish (§4.3.1.2). */
export const agreedLatency = ({ settings }: Request, ownMs: Milliseconds): Milliseconds =>
  Math.max(ownMs, settings.senderDelayMs);

/** The answer to an induction (§4.3.1.1). */
export const induction = (asked: Handshake, cookie: number): Handshake => ({
  ...asked,
  version: 5,
  encryption: 0,
  extensionField: MAGIC,
  stage: STAGES.induction,
  cookie,
  extensions: [],
});

/** The answer that opens a connection (§4.3.1.2). */
export function conclusion(
  asked: Handshake,
  { keyMaterial, settings }: Request,
  socket: SocketId,
  latencyMs: Milliseconds,
): Handshake {
  const own = {
    version: VERSION,
    flags: ABILITIES,
    receiverDelayMs: latencyMs,
    senderDelayMs: settings.receiverDelayMs,
  };
  const extensions: Extension[] = [{ type: EXTENSIONS.settingsResponse, content: printSettings(own) }];
  if (keyMaterial !== null) extensions.push({ type: EXTENSIONS.keyMaterialResponse, content: keyMaterial });
  return {
    ...asked,
    extensionField: CARRIES.settings | (keyMaterial === null ? 0 : CARRIES.keyMaterial),
    flowWindow: WINDOW_PACKETS,
    socket,
    cookie: 0,
    extensions,
  };
}

/** The answer that turns a caller away (§4.3). */
export const rejection = (asked: Handshake, code: number): Handshake => ({
  ...asked,
  version: 5,
  stage: 1_000 + code,
  extensions: [],
});
