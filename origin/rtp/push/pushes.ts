import type { Log } from '../../../runtime/log.ts';
import type { RtpOutput } from '../../../wire/rtp-output.ts';
import type { LiveStream } from '../live/stream.ts';
import { Push, type PushOptions } from './push.ts';

export type PushesOptions = Pick<PushOptions, 'title' | 'clock' | 'counts'> & {
  readonly log: Log;
  /** Told what is sent to each address, as SDP; an empty text where nothing is. */
  readonly onDescribed: (sdps: readonly string[]) => void;
};

/** A live stream on its way to all addresses that its channel names. */
export class Pushes {
  readonly #pushes: readonly Push[];
  readonly #sdps: string[];

  constructor(outputs: readonly RtpOutput[], stream: LiveStream, options: PushesOptions) {
    this.#sdps = outputs.map(() => '');
    this.#pushes = outputs.map(
      (output, index) =>
        new Push(output, stream, {
          ...options,
          onRefused: (problem) => {
            options.log.warn(`nothing is sent to rtp://${output.address}:${output.port}: ${problem}`);
          },
          onDescribed: (sdp) => {
            this.#sdps[index] = sdp ?? '';
            options.onDescribed([...this.#sdps]);
          },
        }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#pushes.map((push) => push.close()));
  }
}
