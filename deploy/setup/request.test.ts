import { expect, test } from 'bun:test';
import { programsFor, read } from './request.mjs';

test.each([
  [['deploy/cluster/main.ts', '--edges', '4'], {}, ['ffmpeg', 'nats-server']],
  [['deploy/cluster/main.ts'], { HEADWATER_NATS_URL: 'nats://example:4222' }, ['ffmpeg']],
  [['deploy/cluster/main.ts', '--help'], {}, []],
  [['origin/main.ts'], {}, ['ffmpeg']],
  [['edge/main.ts', '--port', '8083'], {}, []],
  [['coordinator/main.ts'], {}, []],
  [['--with', 'chromium', 'tests/run.ts'], {}, ['ffmpeg', 'nats-server', 'chromium']],
  [['tests/run.ts', 'lint'], {}, []],
  [['loadtest/bench.ts', 'edge'], {}, ['ffmpeg', 'nats-server']],
  [['--with', 'chromium', 'tests/soak/main.ts'], {}, ['ffmpeg', 'nats-server', 'chromium']],
])('%j needs its programs', (args, env, programs) => {
  expect(programsFor(read(args), env)).toEqual(programs);
});

test('what follows the script belongs to the script', () => {
  expect(read(['edge/main.ts', '--with', 'x'])).toEqual({
    script: 'edge/main.ts',
    args: ['--with', 'x'],
    extras: [],
  });
});

test.each([[[]], [['--with']], [['--with', 'opera', 'x.ts']], [['--with', 'chromium']]])(
  '%j is refused',
  (args) => {
    expect(() => read(args)).toThrow(/usage: /);
  },
);
