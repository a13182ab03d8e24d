import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { readClaim } from './claim.ts';

test.each([
  ['ffmpeg, and OBS with a stream key', 'live', 'studio?key=secret', 'studio', 'secret'],
  ['OBS with the channel in its server', 'live/studio', 'secret', 'studio', 'secret'],
  ['a path', 'live', 'studio/secret', 'studio', 'secret'],
  ['a query at the server', 'live?key=secret', 'studio', 'studio', 'secret'],
  ['slashes at the ends', '/live/', '/studio?key=secret', 'studio', 'secret'],
  ['a key with signs', 'live', 'studio?key=a%2Fb%3F-_&x=1', 'studio', 'a/b?-_'],
  ['no key', 'live', 'studio', 'studio', ''],
])('%s', (_, app, name, presentation, key) => {
  expect(readClaim(app, name)).toEqual({ presentation, key });
});

test.each([
  ['another application', 'stream', 'studio?key=secret'],
  ['no channel', 'live', '?key=secret'],
  ['nothing', '', ''],
  ['too long a path', 'live/a/b', 'c'],
  ['two keys', 'live/a', 'b?key=c'],
])('%s names no channel', (_, app, name) => {
  expect(readClaim(app, name)).toBeNull();
});

test('anything is a claim or none', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (app, name) => {
      const said = readClaim(app, name);
      expect(said === null || said.presentation.length > 0).toBe(true);
    }),
  );
});
