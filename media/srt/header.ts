/** Names one of the connections that share a port; 0 asks for a new one. */
export type SocketId = number;

/** What all packets have (draft-sharabayko-srt §3). */
export type Header = {
  /** Microseconds since the sender's start, modulo 2^32. */
  readonly timestamp: number;
  readonly destination: SocketId;
};

export const HEADER_BYTES = 16;

export const parseHeader = (view: DataView): Header => ({
  timestamp: view.getUint32(8),
  destination: view.getUint32(12),
});

/** Writes both at their place; gives the view for what stands before them. */
export function printHeader(bytes: Uint8Array, { timestamp, destination }: Header): DataView {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(8, timestamp);
  view.setUint32(12, destination);
  return view;
}
