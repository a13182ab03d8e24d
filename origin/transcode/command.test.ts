import { describe, expect, test } from 'bun:test';
import { ffmpegArgs, type Job } from './command.ts';
import { plan } from './ladder.ts';
import type { Source } from './probe.ts';

const source: Source = {
  durationSeconds: 30,
  video: { width: 1920, height: 1080, frameRate: { num: 30_000, den: 1001 } },
  audio: { channels: 2, language: 'und' },
};

const argsOf = (change: Partial<Job>) => {
  const of = change.source ?? source;
  const input = { kind: 'film', file: 'film.mp4' } as const;
  const job = { input, source: of, renditions: plan(of, 'mobile'), segmentSeconds: 2 };
  return ffmpegArgs({ ...job, ...change });
};

/** What follows a flag. */
const after = (args: readonly string[], flag: string) =>
  args.flatMap((arg, index) => (arg === flag ? [args[index + 1]] : []));

const live = (clock: { digits: boolean } | null) => ({
  input: { kind: 'paced', file: 'film.mp4', loop: true, clock } as const,
});

describe('ffmpeg is told', () => {
  test('to decode once, and to scale each picture from the next larger one', () => {
    expect(after(argsOf({}), '-filter_complex')).toEqual([
      '[0:V:0]fps=30000/1001,scale=-2:480,format=yuv420p[top];' +
        '[top]split[v480][from0];[from0]scale=-2:240[to0];[to0]null[v240]',
    ]);
  });

  test('the tracks in the order of the renditions', () => {
    expect(after(argsOf({}), '-map')).toEqual(['[v480]', '[v240]', '0:a:0']);
  });

  test('to set the same key frames on all pictures, and no others', () => {
    const args = argsOf({ segmentSeconds: 4 });
    for (const index of [0, 1]) {
      expect(after(args, `-force_key_frames:${index}`)).toEqual(['expr:gte(t,n_forced*4)']);
      expect(after(args, `-sc_threshold:${index}`)).toEqual(['0']);
      expect(after(args, `-flags:${index}`)).toEqual(['+cgop']);
    }
  });

  test('to bound the bit rate of each picture', () => {
    const args = argsOf({});
    expect(after(args, '-maxrate:0')).toEqual(['1200000']);
    expect(after(args, '-bufsize:1')).toEqual(['800000']);
  });

  test('to read a film as fast as it can, and a channel in real time and for ever', () => {
    expect(argsOf({})).not.toContain('-re');
    const args = argsOf(live(null));
    expect(args.indexOf('-re')).toBeLessThan(args.indexOf('-i'));
    expect(after(args, '-stream_loop')).toEqual(['-1']);
    expect(after(args, '-tune')).toEqual(['zerolatency', 'zerolatency']);
  });

  test('to burn the time into the pictures of a channel that asks for it', () => {
    const [filter] = after(argsOf(live({ digits: true })), '-filter_complex');
    expect(filter).toContain('[top][squares]overlay');
    expect(filter).toContain('drawtext');
    expect(filter).toContain('[drawn]split[v480]');
    expect(after(argsOf(live({ digits: false })), '-filter_complex')[0]).not.toContain('drawtext');
    expect(after(argsOf(live(null)), '-filter_complex')[0]).not.toContain('overlay');
  });

  test('to read a feed from its standard input', () => {
    const args = argsOf({ input: { kind: 'feed' } });
    expect(after(args, '-i')).toEqual(['pipe:0']);
    expect(args).not.toContain('-re');
    expect(after(args, '-tune')).toEqual(['zerolatency', 'zerolatency']);
  });

  test('to draw a card, whose title can not say anything to a filter graph', () => {
    const title = "it's 100% [off]: a;b,c=d\\";
    const args = argsOf({ input: { kind: 'slate', title, digits: true } });
    const [filter] = after(args, '-filter_complex');
    expect(filter).toContain("drawtext=text='it s 100   off   a b,c d '");
    expect(after(args, '-map')).toEqual(['[v480]', '[v240]', '1:a:0']);
    expect(after(args, '-i')).toHaveLength(2);
  });

  test('of sound alone to filter no pictures', () => {
    const args = argsOf({ source: { ...source, video: null } });
    expect(args).not.toContain('-filter_complex');
    expect(after(args, '-map')).toEqual(['0:a:0']);
    expect(after(args, '-c:0')).toEqual(['aac']);
  });

  test('of pictures alone to map no sound', () => {
    expect(after(argsOf({ source: { ...source, audio: null } }), '-map')).toEqual(['[v480]', '[v240]']);
  });

  test('to read local files only, and to write fragments to its output', () => {
    const args = argsOf({ input: { kind: 'film', file: 'http://example.org/film.mp4' } });
    expect(args.indexOf('-protocol_whitelist')).toBeLessThan(args.indexOf('-i'));
    expect(after(args, '-protocol_whitelist')).toEqual(['file,pipe']);
    expect(after(args, '-movflags')).toEqual(['+empty_moov+default_base_moof']);
    expect(args.at(-1)).toBe('pipe:1');
  });
});
