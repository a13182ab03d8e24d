import { find, run, start } from '../runtime/process.ts';

/** What tshark makes of a talk over RTSP and of the media that goes with it. */
export type Captured = {
  /** Lines for what it can't read. */
  readonly malformed: readonly string[];
  readonly methods: readonly string[];
  /** Of RTP and of RTCP, counted by the frames of the network that hold some. */
  readonly packets: number;
  readonly reports: number;
};

/**
 * Captures all that goes over this machine's loopback while `work` runs; null, and a word, where there is no tshark or
 * it may not listen. `port` is that of RTSP.
 */
export async function capture(
  file: string,
  port: number,
  work: () => Promise<void>,
): Promise<Captured | null> {
  const tshark = find('tshark');
  const listening = tshark === null ? null : await listen(tshark, file);
  await work();
  await listening?.stop();
  if (tshark === null || listening === null) {
    process.stdout.write('skipped: tshark is not there, or may not listen\n');
    return null;
  }
  const read = async (filter: string, ...fields: readonly string[]) => {
    const args = ['-r', file, '-d', `tcp.port==${port},rtsp`, '-Y', filter, ...fields];
    const { output } = await run(tshark, args);
    return output
      .toString()
      .split('\n')
      .filter((line) => line !== '');
  };
  return {
    malformed: await read('(rtsp || rtp || rtcp) && (_ws.malformed || rtcp.length_check == 0)'),
    methods: await read('rtsp.method', '-T', 'fields', '-e', 'rtsp.method'),
    packets: (await read('rtp')).length,
    reports: (await read('rtcp')).length,
  };
}

/** Null when it ends at once. */
async function listen(tshark: string, file: string) {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const onErrorLine = (line: string) => {
    if (line.includes('Capturing on')) resolve(true);
  };
  const child = await start({ command: tshark, args: ['-i', 'lo', '-w', file], onErrorLine });
  void child.exited.then(() => resolve(false));
  return (await promise) ? child : null;
}
