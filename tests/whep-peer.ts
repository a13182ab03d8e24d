import { type MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtcpSrPacket } from 'werift';
import type { Demuxed } from '../media/isobmff/demuxer.ts';
import { OpusReceiver } from '../media/rtp/opus-receiver.ts';
import { VideoReceiver } from '../media/rtp/video-receiver.ts';
import { Alignment, type Kind } from '../origin/ingest/whip/alignment.ts';
import { type Muxed, Muxer } from '../origin/ingest/whip/muxer.ts';
import { Recording } from './whip.ts';

const codec = (mimeType: string, clockRate: number, rest = {}) =>
  new RTCRtpCodecParameters({ mimeType, clockRate, ...rest });

/** Records what a channel sends over WebRTC, put together by its timestamps and sender reports alone. */
export async function recordWhep(url: string): Promise<{ recording: Recording; close: () => Promise<void> }> {
  const connection = new RTCPeerConnection({
    codecs: {
      video: [codec('video/H264', 90_000, { parameters: 'packetization-mode=1' })],
      audio: [codec('audio/opus', 48_000, { channels: 2 })],
    },
    headerExtensions: { video: [], audio: [] },
    iceAdditionalHostAddresses: ['127.0.0.1'],
    bundlePolicy: 'max-bundle',
  });
  const recording = new Recording();
  const receivers = { video: new VideoReceiver('H264'), audio: new OpusReceiver() };
  const alignment = new Alignment();
  const muxer = new Muxer(['video', 'audio'], alignment);
  const add = (made: readonly Muxed[]) => {
    for (const each of made) if (each.kind === 'media') recording.add(each.event as Demuxed);
  };
  const hear = (kind: Kind, track: MediaStreamTrack) => {
    let report: RtcpSrPacket | null = null;
    const take = () => {
      const { rtpTimestamp = 0, ntpTimestamp = 0n } = report?.senderInfo ?? {};
      const mediaMs = report && receivers[kind].mediaMs(rtpTimestamp);
      if (mediaMs === null) return;
      alignment.reported(kind, mediaMs, Number((ntpTimestamp * 1000n) >> 16n) / 65_536);
      report = null;
    };
    track.onReceiveRtp.subscribe(({ header, payload }) => {
      const { sequenceNumber: sequence, timestamp, marker } = header;
      const packet = { sequence, timestamp, marker, payload };
      const nowMs = Date.now();
      const sounds = kind === 'audio' ? receivers.audio.push(packet, nowMs) : [];
      const pictures = kind === 'video' ? receivers.video.push(packet, nowMs) : [];
      // The first report comes before the first packet, and is understood with it.
      take();
      for (const sound of sounds) add(muxer.sound(sound, nowMs));
      for (const received of pictures)
        if (received.kind === 'picture') add(muxer.picture(received.picture, received.time, nowMs));
    });
    track.onReceiveRtcp.subscribe((rtcp) => {
      if (!(rtcp instanceof RtcpSrPacket)) return;
      report = rtcp;
      take();
    });
  };
  for (const kind of ['video', 'audio'] as const) {
    const transceiver = connection.addTransceiver(kind, { direction: 'recvonly' });
    transceiver.onTrack.subscribe((track) => hear(kind, track));
  }
  await connection.setLocalDescription(await connection.createOffer());
  const headers = { 'Content-Type': 'application/sdp' };
  const body = connection.localDescription?.sdp ?? '';
  const response = await fetch(url, { method: 'POST', headers, body });
  const sdp = await response.text();
  if (response.status !== 201) throw new Error(`${response.status}: ${sdp}`);
  await connection.setRemoteDescription({ type: 'answer', sdp });
  return { recording, close: () => connection.close() };
}
