import { RTCPeerConnection, RTCRtpCodecParameters } from 'werift';
import { withPublicAddresses } from './addresses.ts';
import type { Network } from './network.ts';
import { outliveErrors } from './sockets.ts';

outliveErrors();

/** What is negotiated; each list holds only what was chosen from the offer before. */
export type Codecs = {
  readonly video: readonly RTCRtpCodecParameters[];
  readonly audio: readonly RTCRtpCodecParameters[];
};

export type ConnectionOptions = Network & {
  readonly codecs: Codecs;
  /** The other end is on this machine, which may have no network. */
  readonly isLocal: boolean;
};

/** A connection without header extensions, in which all media shares one transport. */
export function openConnection({ codecs, iceServers, udpPorts, isLocal }: ConnectionOptions) {
  return new RTCPeerConnection({
    codecs: { video: [...codecs.video], audio: [...codecs.audio] },
    headerExtensions: { video: [], audio: [] },
    bundlePolicy: 'max-bundle',
    iceServers: iceServers.map(({ url, ...rest }) => ({ urls: url, ...rest })),
    iceAdditionalHostAddresses: isLocal ? ['127.0.0.1'] : [],
    ...(udpPorts === null ? {} : { icePortRange: [udpPorts[0], udpPorts[1]] as [number, number] }),
  });
}

export const codec = (mimeType: string, clockRate: number) =>
  new RTCRtpCodecParameters({ mimeType, clockRate });

/** There is no address by which the other end could reach this one: all of `udpPorts` are taken. */
export class NoAddress extends Error {
  override readonly name = 'NoAddress';

  constructor() {
    super('no UDP port is free for it');
  }
}

/**
 * Answers an offer, once all own addresses are gathered. Throws NoAddress, or what werift says of one that it
 * can't take.
 */
export async function answer(
  connection: RTCPeerConnection,
  offer: string,
  { publicAddresses }: Network,
): Promise<string> {
  await connection.setRemoteDescription({ type: 'offer', sdp: offer });
  await connection.setLocalDescription(await connection.createAnswer());
  const sdp = connection.localDescription?.sdp ?? '';
  if (!/^a=candidate:/m.test(sdp)) throw new NoAddress();
  return withPublicAddresses(sdp, publicAddresses);
}
