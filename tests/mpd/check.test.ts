import { describe, expect, test } from 'bun:test';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { check } from './check.ts';
import { type Manifest, urls } from './manifest.ts';
import { RULES } from './rules.ts';
import { changes } from './updates.ts';

const folder = join(import.meta.dirname, '..', '..', 'media', 'dash', 'golden');
const golden = async (name: string) => Bun.file(join(folder, `${name}.mpd`)).text();

test('every golden manifest keeps every rule', async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.mpd'));
  expect(files.length).toBeGreaterThan(4);
  for (const file of files)
    expect([file, check(await golden(file.replace('.mpd', ''))).problems]).toEqual([file, []]);
});

type Breakage = readonly [problem: string, manifest: string, from: string | RegExp, to: string];

/** A negative control for each check: a good manifest with one thing spoilt, and the check that must say so. */
const BROKEN: readonly Breakage[] = [
  ['not well formed', 'film', '</Period>', ''],
  ['not well formed', 'film', 'type="static"', 'type="static" type="static"'],
  ['not well formed', 'film', 'PT0S', 'PT0S&nbsp;'],
  ['schema: MPD has no @minBufferTime', 'film', / minBufferTime="[^"]*"/, ''],
  ['schema: MPD@type', 'film', 'type="static"', 'type="still"'],
  ['schema: MPD has @foo', 'film', 'type="static"', 'type="static" foo="1"'],
  ['schema: Foo is not known', 'film', '<Role ', '<Foo '],
  ['schema: MPD holds ServiceDescription too late', 'live', '</MPD>', '<ServiceDescription/></MPD>'],
  ['schema: Representation@bandwidth', 'film', 'bandwidth="', 'bandwidth="-'],
  ['schema: Period@start', 'film', 'start="PT0S"', 'start="0"'],
  ['schema: AdaptationSet@lang', 'film', 'lang="en"', 'lang=""'],
  ['a dynamic manifest says when', 'live', / publishTime="[^"]*"/, ''],
  ['a dynamic manifest says when', 'live', / availabilityStartTime="[^"]*"/, ''],
  ['a static manifest says how long', 'film', / mediaPresentationDuration="[^"]*"/, ''],
  ['a static manifest says how long', 'film', 'type="static"', 'type="static" minimumUpdatePeriod="PT2S"'],
  ['a dynamic manifest names a clock', 'live', /<UTCTiming [^>]*>/, ''],
  ['there is something to play', 'film', /<Period[\s\S]*<\/Period>/, ''],
  ['there is something to play', 'film', /<AdaptationSet[\s\S]*<\/AdaptationSet>/, ''],
  ['periods have ids', 'film', / id="mjwaicve"/, ''],
  ['periods follow one another', 'live-restarted', 'duration="PT6S"', 'duration="PT8S"'],
  ['periods follow one another', 'live-restarted', 'start="PT1767323052.678S"', 'start="PT1767323045S"'],
  ['ids within a period are unique', 'film', 'id="2"', 'id="1"'],
  ['ids within a period are unique', 'film', 'id="v240"', 'id="v720"'],
  ['representations say what they hold', 'film', ' codecs="avc1.64001f"', ''],
  ['representations say what they hold', 'film', ' audioSamplingRate="48000"', ''],
  ['templates name each segment', 'film', '$Number$', '7'],
  ['templates name each segment', 'film', / initialization="[^"]*"/, ''],
  ['a timeline has segments', 'film', /<S t="0" d="180000" r="2"\/>/, ''],
  ['a timeline is continuous', 'film', '<S t="0" d="180000" r="2"/>', '<S d="180000"/><S t="180001" d="1"/>'],
  ['segments last', 'film', 'd="180000" r="2"', 'd="0"'],
  [
    'segments lie in their period',
    'live',
    'startNumber="0"',
    'presentationTimeOffset="90000" startNumber="0"',
  ],
  ['segments lie in their period', 'live-restarted', 'duration="PT6S"', 'duration="PT4S"'],
  ['a static manifest lasts as long as its segments', 'film', 'PT6.016S', 'PT7S'],
  ['aligned sets are aligned', 'film', '<S t="0" d="180000" r="2"/>', '<S t="0" d="170000" r="2"/>'],
  [
    'what grows is offered in time',
    'low-latency',
    'availabilityTimeOffset="1.5"',
    'availabilityTimeOffset="2"',
  ],
  ['what grows is offered in time', 'low-latency', 'Complete="false"', 'Complete="true"'],
  ['a target latency can be kept', 'low-latency', 'target="1500"', 'target="9000"'],
  ['a target latency can be kept', 'low-latency', 'min="0.96"', 'min="1.02"'],
  ['low latency says what time it is', 'low-latency', 'referenceId="1"', 'referenceId="7"'],
  ['low latency says what time it is', 'low-latency', /<Latency [^>]*>/, ''],
  [
    'low latency says what time it is',
    'low-latency',
    /<ProducerReferenceTime[\s\S]*?<\/ProducerReferenceTime>/,
    '',
  ],
  [
    'reference times agree with the timeline',
    'low-latency',
    'presentationTime="0"',
    'presentationTime="90000"',
  ],
];

describe('a manifest is found out', () => {
  test.each(BROKEN)('%s: %s with %p as %p', async (problem, name, from, to) => {
    const text = await golden(name);
    const spoilt = text.replace(from, () => to);
    expect(spoilt).not.toBe(text);
    expect(check(spoilt).problems.map((one) => one.slice(0, problem.length))).toContain(problem);
  });

  test('by each rule there is', () => {
    const tried = new Set(BROKEN.map(([problem]) => problem));
    expect(Object.keys(RULES).filter((name) => !tried.has(name))).toEqual([]);
  });
});

async function read(
  name: string,
  ...edits: readonly (readonly [string | RegExp, string])[]
): Promise<Manifest> {
  const text = edits.reduce((text, [from, to]) => text.replace(from, () => to), await golden(name));
  const { manifest } = check(text);
  if (manifest === null) throw new Error('not well formed');
  return manifest;
}

const LATER = [/publishTime="[^"]*"/, 'publishTime="2030-01-01T00:00:00.000Z"'] as const;

describe('an update', () => {
  test('may add segments and periods, and end one', async () => {
    expect(changes(await read('live'), await read('live-restarted'))).toEqual([]);
    const longer = await read('live', LATER, ['<S t="0" d="180000" r="2"/>', '<S t="0" d="180000" r="5"/>']);
    expect(changes(await read('live'), longer)).toEqual([]);
  });

  test.each([
    ['availabilityStartTime', ['availabilityStartTime="1970', 'availabilityStartTime="1971']],
    ['Period mjwaicve', ['start="PT1767323045.678S"', 'start="PT1767323045.679S"']],
    ['Period mjwaicve', ['duration="PT6S"', 'duration="PT5S"']],
    ['mjwaiiyu v720 3', ['presentationTimeOffset="595530"', 'presentationTimeOffset="595531"']],
    ['mjwaicve v720 0', ['d="180000"', 'd="180001"']],
  ] as const)('may not change %s', async (what, edit) => {
    const found = changes(await read('live-restarted'), await read('live-restarted', LATER, edit));
    expect(found.some((change) => change.startsWith(what))).toBe(true);
  });

  test.each([
    ['may say how long a segment is that grew', '<S d="178000"/>', 0],
    ['may end it early, with its source', '<S d="90000"/>', 0],
    ['may not shorten it for one that follows', '<S d="90000"/><S d="180000"/>', 1],
    ['may not make it much longer', '<S d="190000"/>', 1],
  ])('%s', async (_, last, count) => {
    const corrected = ['<S t="0" d="180000" r="3"/>', `<S t="0" d="180000" r="2"/>${last}`] as const;
    expect(changes(await read('low-latency'), await read('low-latency', LATER, corrected))).toHaveLength(
      count,
    );
  });

  test('has a later publishTime when it says anything else', async () => {
    const other = await read('live', ['r="2"', 'r="3"']);
    expect(changes(await read('live'), other)).toEqual(['publishTime stood still']);
  });
});

test('the addresses in a manifest are those of its segments', async () => {
  expect(urls(await read('live-restarted')).slice(0, 5)).toEqual([
    'v720/mjwaicve/init.mp4',
    'v720/mjwaicve/0.m4s',
    'v720/mjwaicve/1.m4s',
    'v720/mjwaicve/2.m4s',
    'a128/mjwaicve/init.mp4',
  ]);
});
