import { z } from 'zod';
import { PresentationId } from './ids.ts';
import { read } from './message.ts';
import * as RtpOutput from './rtp-output.ts';
import * as Source from './source.ts';

export const VideoCodec = z.enum(['h264', 'hevc', 'vp9', 'av1']);
export type VideoCodec = z.infer<typeof VideoCodec>;

export const AudioCodec = z.enum(['aac', 'mp3', 'opus']);
export type AudioCodec = z.infer<typeof AudioCodec>;

/** What the pictures and the sound of a source are encoded in; `none` leaves its sound out. */
export const Codecs = z.object({
  videoCodec: VideoCodec.default('h264'),
  audioCodec: z.enum([...AudioCodec.options, 'none']).default('aac'),
});
export type Codecs = Readonly<z.infer<typeof Codecs>>;

/** The renditions that are made of a source. `passthrough` makes none: it is packaged as it comes. */
export const Ladder = z.enum(['passthrough', 'mobile', '1080p']);
export type Ladder = z.infer<typeof Ladder>;

/** Who may watch: anybody, or who has a token. */
export const Protection = z.enum(['none', 'token']);
export type Protection = z.infer<typeof Protection>;

/** How viewers get it. */
export const Output = z.enum(['hls', 'dash', 'rtp']);
export type Output = z.infer<typeof Output>;

export const DEFAULT_OUTPUTS: readonly Output[] = Output.options;

/** What a channel is given out as: a way in which viewers ask for it, or an address that it is sent to. */
export const ChannelOutput = z
  .string()
  .max(300)
  .superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

function problemOf(text: string): string | null {
  if (Output.safeParse(text).success) return null;
  if (!text.startsWith('rtp:')) return `an output is ${Output.options.join(', ')} or ${RtpOutput.RTP_FORM}`;
  const read = RtpOutput.parse(text);
  return read.kind === 'refused' ? read.reason : null;
}

/** How viewers may have a channel with these outputs. */
export function protocolsOf(outputs: readonly string[]): Output[] {
  return Output.options.filter((output) =>
    outputs.some((one) => one === output || one.startsWith(`${output}:`)),
  );
}

/** Where a channel with these outputs is sent to. */
export function addressesOf(outputs: readonly string[]): readonly RtpOutput.RtpOutput[] {
  return outputs.flatMap((text) => {
    const read = text.startsWith('rtp:') ? RtpOutput.parse(text) : null;
    return read?.kind === 'output' ? [read.output] : [];
  });
}

/** Addresses and ways together: each address costs the packets of a viewer. */
const OUTPUTS_MAX = 8;

/** Shorter than a presentation's may be: recordings are named after their channel. */
const CHANNEL_ID_MAX = 48;

/** What a channel is told to be. */
export const ChannelSettings = z.object({
  id: PresentationId.refine(
    ({ length }) => length <= CHANNEL_ID_MAX,
    'a channel id is 48 characters at most',
  ),
  title: z.string().min(1).max(200),
  source: z
    .string()
    .max(2_000)
    .refine((text) => Source.parse(text) !== null, `a source is ${Source.SOURCE_FORMS}`),
  /** Burns the wall-clock time into the picture of a file that is played in a loop. */
  clock: z.boolean().default(false),
  ladder: Ladder.default('passthrough'),
  ...Codecs.shape,
  outputs: z
    .array(ChannelOutput)
    .min(1)
    .max(OUTPUTS_MAX)
    .refine((outputs) => new Set(outputs).size === outputs.length, 'an output is named twice')
    .default([...DEFAULT_OUTPUTS]),
  /** Holds for its recordings too. */
  protection: Protection.default('none'),
  /** How far back viewers can go. */
  windowMs: z.int().min(10_000).max(86_400_000).default(60_000),
  segmentMs: z.int().min(1_000).max(10_000).default(2_000),
  chunkMs: z.int().min(200).max(1_000).default(500),
  /** Keeps all of it, as a presentation of its own once it is over. */
  record: z.boolean().default(false),
  /** Shows a card while the source is away. */
  slate: z.boolean().default(false),
  /** Works only while somebody watches. */
  onDemand: z.boolean().default(false),
  /** A second publisher takes the place of the first, instead of being refused. */
  takeover: z.boolean().default(false),
});
export type ChannelSettings = Readonly<z.infer<typeof ChannelSettings>>;

/** What the operator wants of a channel. */
export const Wanted = z.enum(['running', 'paused', 'stopped']);
export type Wanted = z.infer<typeof Wanted>;

/** A channel as it is kept for the cluster. */
export const ChannelRecord = z.object({
  settings: ChannelSettings,
  wanted: Wanted,
  /** Of the key that opens it to publishers, see `runtime/keys.ts`; null when nobody may publish. */
  keyHash: z.string().nullable(),
  /** It comes from the origin's own programme, whose files it may read wherever they are. */
  fromProgramme: z.boolean(),
});
export type ChannelRecord = Readonly<z.infer<typeof ChannelRecord>>;

/** Reads a record; null when it is none. */
export const parseRecord = (data: Uint8Array): ChannelRecord | null => read(ChannelRecord, data);
