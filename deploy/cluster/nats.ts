import { join } from 'node:path';
import type { Part } from './part.ts';
import type { ClusterSettings } from './settings.ts';

/** Nodes and server are on one machine, and no one else has a key to it. */
const HOST = '127.0.0.1';

/**
 * Runs a program that knows nothing of the leash: ends it when our standard input ends, which is when the
 * supervisor does, and ends with its status when it ends by itself. Only the shell's own commands are used
 * while waiting, so that ending the waiter leaves no process behind.
 */
const LEASH = `
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
trap 'kill -TERM $program' TERM INT
{ while read -r _; do :; done; kill -TERM $program; sleep 3; kill -KILL $program; } <&3 2>/dev/null &
waiter=$!
exec 3<&-
wait $program
status=$?
while kill -0 $program 2>/dev/null; do wait $program; status=$?; done
kill -KILL $waiter
exit $status`;

/** The NATS server of a cluster on one machine, with JetStream kept in the data folder. */
export function natsServer({ natsPort, data }: ClusterSettings): Part {
  const server = ['-js', '-sd', join(data, 'nats'), '-a', HOST, '-p', String(natsPort)];
  return {
    name: 'nats',
    command: '/bin/sh',
    args: ['-c', LEASH, 'headwater-nats', 'nats-server', ...server],
    env: {},
    port: natsPort,
    portSetting: '--nats-port or HEADWATER_NATS_PORT',
    probe: { kind: 'nats', port: natsPort },
  };
}

/** Where nodes find NATS. */
export const natsUrlOf = ({ natsUrl, natsPort }: ClusterSettings) => natsUrl ?? `nats://${HOST}:${natsPort}`;
