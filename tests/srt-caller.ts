import { EXTENSIONS, type Handshake, STAGES } from '../media/srt/handshake.ts';
import { parse, print } from '../media/srt/packet.ts';
import { printSettings } from '../media/srt/settings.ts';
import { openUdp } from '../runtime/udp.ts';
import { Told } from './told.ts';

const INDUCTION: Handshake = {
  ...{ version: 4, encryption: 0, extensionField: 2, initialSequence: 5, mtu: 1_500, flowWindow: 8_192 },
  ...{ stage: STAGES.induction, socket: 77, cookie: 0, peerAddress: new Uint8Array(16), extensions: [] },
};

const datagramOf = (handshake: Handshake) =>
  print({ kind: 'handshake', timestamp: 0, destination: 0, handshake });

const words = (text: string) =>
  Uint8Array.from(Buffer.from(text.padEnd(Math.ceil(text.length / 4) * 4, '\0')).swap32());

/** A caller made by hand, who has a cookie; `conclusion` opens its connection. */
export async function openCaller(port: number, streamId: string) {
  const answers = new Told<Handshake>();
  const socket = await openUdp({
    ...{ port: 0, hostname: '127.0.0.1', portSetting: '' },
    onDatagram(datagram) {
      const packet = parse(datagram);
      if (packet?.kind === 'handshake') answers.add(packet.handshake);
    },
  });
  const send = (datagram: Uint8Array) => socket.send(datagram, { address: '127.0.0.1', port });
  const induce = async () => {
    const before = answers.all.length;
    send(datagramOf(INDUCTION));
    await answers.until((all) => all.slice(before).some(({ stage }) => stage === STAGES.induction));
    return answers.all.findLast(({ stage }) => stage === STAGES.induction)?.cookie ?? 0;
  };
  const settings = { version: 0x010501, flags: 0xbf, receiverDelayMs: 120, senderDelayMs: 120 };
  const extensions = [
    { type: EXTENSIONS.settingsRequest, content: printSettings(settings) },
    { type: EXTENSIONS.streamId, content: words(streamId) },
  ];
  const head = { ...INDUCTION, version: 5, extensionField: 5, stage: STAGES.conclusion };
  const conclusion = datagramOf({ ...head, cookie: await induce(), extensions });
  return { conclusion, send, isHeard: induce, close: socket.close };
}
