/** A STUN or TURN server (RFC 8489, RFC 8656), such as `stun:stun.example.net:3478`. */
export type IceServer = { readonly url: string; readonly username?: string; readonly credential?: string };

/** How media over WebRTC finds its way. */
export type Network = {
  /** IP addresses under which this machine is reached, where they are not its own. */
  readonly publicAddresses: readonly string[];
  /** The first and last UDP port to take; null takes any. */
  readonly udpPorts: readonly [number, number] | null;
  readonly iceServers: readonly IceServer[];
};
