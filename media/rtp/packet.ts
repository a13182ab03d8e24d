/** What of an RTP packet (RFC 3550 §5.1) its reader needs; the payload has no padding. */
export type Packet = {
  /** 16 bits, counts packets. */
  readonly sequence: number;
  /** 32 bits, in ticks of the payload's clock. */
  readonly timestamp: number;
  /** Ends a picture, for payloads of video. */
  readonly marker: boolean;
  readonly payload: Uint8Array;
};

/** A payload that is not what its format says; `where` names the format. */
export class MalformedPayload extends Error {
  override readonly name = 'MalformedPayload';
  readonly where: string;

  constructor(where: string, problem: string) {
    super(`${where}: ${problem}`);
    this.where = where;
  }
}
