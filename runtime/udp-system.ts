import { endianness } from 'node:os';
import type { System } from './udp-segments.ts';

/** Names of the C library of Linux: the usual one, and musl's. */
const LIBRARIES = ['libc.so.6', `libc.musl-${process.arch === 'x64' ? 'x86_64' : 'aarch64'}.so.1`];

const IS_KNOWN =
  process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch) && endianness() === 'LE';

/**
 * The system's own `sendmmsg` for a socket of Bun; null where it can't be had. `fdOf` gives its descriptor, while it is
 * open: the number may be another file's afterwards.
 */
export async function openSystem(fdOf: () => unknown): Promise<System | null> {
  if (!IS_KNOWN || !isDescriptor(fdOf())) return null;
  const { dlopen, ptr } = await import('bun:ffi');
  for (const library of LIBRARIES) {
    try {
      const { symbols } = dlopen(library, {
        sendmmsg: { args: ['i32', 'ptr', 'u32', 'i32'], returns: 'i32' },
      });
      const sendmmsg = (messages: Uint8Array, count: number) => {
        const fd = fdOf();
        return isDescriptor(fd) ? symbols.sendmmsg(fd, ptr(messages), count, 0) : -1;
      };
      return { sendmmsg, pointer: ptr };
    } catch {
      // Another C library.
    }
  }
  return null;
}

const isDescriptor = (fd: unknown): fd is number => typeof fd === 'number' && fd >= 0;
