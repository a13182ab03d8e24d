import { UdpTransport } from 'werift';

const open = UdpTransport.init;

/**
 * Lets werift's UDP sockets live through errors. werift 0.24 leaves them unhandled, and Bun gives an ICMP "port
 * unreachable" as one: a publisher that is gone, or any stranger, would end the origin. What is lost by it WebRTC sends
 * again, or finds out.
 */
export function outliveErrors(): void {
  UdpTransport.init = async (type, options) => {
    const transport = await open.call(UdpTransport, type, options);
    transport.socket.on('error', () => {});
    return transport;
  };
}
