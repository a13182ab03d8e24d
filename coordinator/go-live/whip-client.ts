import { refusal, Trouble } from './trouble.ts';

export type Publication = {
  readonly connection: RTCPeerConnection;
  /** Ends it at the origin too. Works while the page goes away. */
  readonly end: () => void;
};

/** Bits per second of the picture. */
const VIDEO_BITS_PER_SECOND = 2_500_000;

/** Candidates of this machine are there at once; servers that help are not waited for longer. */
const GATHER_MS = 1_000;

/** From the answer to a connection. */
const CONNECT_MS = 15_000;

/** Publishes a stream (RFC 9725 §4.2). Resolves once it is connected. Throws Trouble. */
export async function publish(stream: MediaStream, url: string, key: string): Promise<Publication> {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  try {
    for (const track of stream.getTracks())
      connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    await connection.setLocalDescription(await connection.createOffer());
    await gathered(connection);
    const { session, answer } = await offer(url, key, connection.localDescription?.sdp ?? '');
    const end = () => {
      connection.close();
      const headers = { Authorization: `Bearer ${key}` };
      fetch(session, { method: 'DELETE', headers, keepalive: true }).catch(() => {});
    };
    try {
      await connection.setRemoteDescription({ type: 'answer', sdp: answer });
      await keepSize(connection);
      await connected(connection);
    } catch (error) {
      end();
      throw error;
    }
    return { connection, end };
  } catch (error) {
    connection.close();
    throw error instanceof Trouble ? error : new Trouble(`The browser can not: ${String(error)}`, true);
  }
}

async function offer(url: string, key: string, sdp: string): Promise<{ session: string; answer: string }> {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/sdp' };
  const response = await fetch(url, { method: 'POST', headers, body: sdp }).catch(() => null);
  if (response === null) throw new Trouble(`The origin does not answer at ${new URL(url).host}.`, true);
  const answer = await response.text();
  if (response.status !== 201) throw refusal(response.status, answer);
  return { session: new URL(response.headers.get('Location') ?? '', url).href, answer };
}

/** A picture that changes its size is a break for all who watch: rather a slower one, or a worse. */
async function keepSize(connection: RTCPeerConnection): Promise<void> {
  for (const sender of connection.getSenders()) {
    if (sender.track?.kind !== 'video') continue;
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.maxBitrate = VIDEO_BITS_PER_SECOND;
    // W3C MST-CONTENT-HINT §5; not in TypeScript's types.
    Object.assign(parameters, { degradationPreference: 'maintain-resolution' });
    await sender.setParameters(parameters).catch(() => {});
  }
}

function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (connection.iceGatheringState === 'complete') resolve();
    };
    connection.addEventListener('icegatheringstatechange', check);
    setTimeout(resolve, GATHER_MS);
    check();
  });
}

function connected(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () =>
      reject(new Trouble('No connection for media: is UDP to the origin let through?', true));
    const timer = setTimeout(fail, CONNECT_MS);
    const check = () => {
      const { connectionState } = connection;
      if (connectionState === 'connected') resolve();
      if (connectionState === 'failed' || connectionState === 'closed') fail();
      if (connectionState !== 'new' && connectionState !== 'connecting') clearTimeout(timer);
    };
    connection.addEventListener('connectionstatechange', check);
    check();
  });
}
