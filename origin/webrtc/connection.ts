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

/** Answers an offer, once all own addresses are gathered. Throws what werift says of one that it can't take. */
export async function answer(
  connection: RTCPeerConnection,
  offer: string,
  { publicAddresses }: Network,
): Promise<string> {
  await connection.setRemoteDescription({ type: 'offer', sdp: offer });
  await connection.setLocalDescription(await connection.createAnswer());
  return withPublicAddresses(connection.localDescription?.sdp ?? '', publicAddresses);
}
