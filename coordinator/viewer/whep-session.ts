/** Why there is no playback over WebRTC; the message is a sentence for the viewer. */
export class NoWhep extends Error {
  override readonly name = 'NoWhep';
}

/** A playback over WebRTC. */
export type WhepSession = {
  readonly connection: RTCPeerConnection;
  /** Host and port of the server that sends it. */
  readonly host: string;
  /** Ends it at the server too. Works while the page goes away. */
  readonly end: () => void;
};

/** From the answer to the connection: a network that lets no UDP through is found out by then. */
const CONNECT_MS = 5_000;

/**
 * Pictures wait this long for their sound, which is made Opus on its way. The browser would find that out by itself,
 * over the first ten seconds.
 */
const PICTURES_WAIT_MS = 100;

const UNREACHABLE = 'The server that sends with the lowest delay does not answer.';
const NO_UDP = 'No video came over UDP: this network may not let it through.';

/** Plays a channel into a stream (draft-ietf-wish-whep-03 §4.2). Resolves once it is connected. Throws NoWhep. */
export async function openWhep(url: string, stream: MediaStream): Promise<WhepSession> {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  try {
    for (const kind of ['video', 'audio']) connection.addTransceiver(kind, { direction: 'recvonly' });
    connection.addEventListener('track', ({ track, receiver }) => {
      stream.addTrack(track);
      wait(receiver);
    });
    const { sdp = '' } = await connection.createOffer();
    const offer = withStereo(sdp);
    await connection.setLocalDescription({ type: 'offer', sdp: offer });
    const { session, answer } = await post(url, offer);
    const end = () => {
      connection.close();
      fetch(session, { method: 'DELETE', keepalive: true }).catch(() => {});
    };
    try {
      await connection.setRemoteDescription({ type: 'answer', sdp: answer });
      await connected(connection);
    } catch (error) {
      end();
      throw error;
    }
    return { connection, host: new URL(session).host, end };
  } catch (error) {
    connection.close();
    throw error instanceof NoWhep ? error : new NoWhep('This browser can’t play with the lowest delay.');
  }
}

/** Browsers take Opus for mono unless their own offer says otherwise (RFC 7587 §6.1). */
const withStereo = (sdp: string) => {
  const [, type = ''] = /^a=rtpmap:(\d+) opus\//im.exec(sdp) ?? [];
  return sdp.replace(new RegExp(`^(a=fmtp:${type} (?!.*stereo=)[^\r\n]*)`, 'm'), '$1;stereo=1');
};

/** W3C WEBRTC-EXTENSIONS §7.3; browsers that do not know it go on by themselves. */
function wait(receiver: RTCRtpReceiver): void {
  const isPicture = receiver.track.kind === 'video';
  if (isPicture && 'jitterBufferTarget' in receiver) receiver.jitterBufferTarget = PICTURES_WAIT_MS;
}

/** The answer, and where the session is. Throws NoWhep. */
async function post(url: string, body: string): Promise<{ session: string; answer: string }> {
  const headers = { 'Content-Type': 'application/sdp' };
  const response = await fetch(url, { method: 'POST', headers, body }).catch(() => null);
  if (response === null) throw new NoWhep(UNREACHABLE);
  const answer = await response.text();
  if (response.status !== 201) throw new NoWhep(refusal(response.status, answer));
  return { session: new URL(response.headers.get('Location') ?? '', response.url).href, answer };
}

/** What a viewer is told: servers give their reason in one line. */
function refusal(status: number, reason: string): string {
  const line = reason.trim().split('\n')[0] ?? '';
  if (status === 503) return 'All places with the lowest delay are taken.';
  if (line === '' || status >= 500) return UNREACHABLE;
  return `It can’t be played with the lowest delay: ${line}.`;
}

function connected(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NoWhep(NO_UDP)), CONNECT_MS);
    const look = () => {
      const { connectionState: state } = connection;
      if (state === 'connected') resolve();
      if (state === 'failed' || state === 'closed') reject(new NoWhep(NO_UDP));
      if (state !== 'new' && state !== 'connecting') clearTimeout(timer);
    };
    connection.addEventListener('connectionstatechange', look);
    look();
  });
}
