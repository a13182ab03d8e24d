import { u16, u32 } from '../media/isobmff/writer.ts';
import { join } from '../media/join.ts';

/** A datagram as a capture has it. */
export type Captured = { readonly port: number; readonly datagram: Uint8Array };

/** Packets of IPv4 without anything around them (tcpdump.org, link types: `LINKTYPE_RAW`). */
const RAW = 101;

/** A capture of datagrams of one machine to itself, in the classic format of libpcap, a millisecond apart. */
export const pcap = (datagrams: readonly Captured[]): Uint8Array =>
  join([
    u32(0xa1b2c3d4),
    u16(2, 4),
    u32(0, 0, 65_535, RAW),
    ...datagrams.flatMap(({ port, datagram }, index) => {
      const packet = join([...headers(port, datagram.byteLength), datagram]);
      const { byteLength } = packet;
      return [u32(Math.floor(index / 1000), (index % 1000) * 1000, byteLength, byteLength), packet];
    }),
  ]);

/** Of IPv4 and UDP, without checksums. */
const headers = (port: number, bytes: number) => [
  u16(0x4500, 28 + bytes, 0, 0x4000, 0x4011, 0),
  u32(0x7f000001, 0x7f000001),
  u16(50_000, port, 8 + bytes, 0),
];
