import { expect, test } from 'bun:test';
import { read } from '../../runtime/config.ts';
import { Programme } from '../../wire/programme.ts';
import { planOf } from './plan.ts';
import { programmeOf } from './programme.ts';
import { settings } from './settings.ts';

function plan(args: readonly string[]) {
  const result = read('start', settings, args, {});
  if (result.kind === 'help') throw new Error('help was not asked for');
  const input = {
    settings: result.values,
    adminToken: 'secret',
    tokenKeys: 'one,two',
    programme: '/data/p.json',
    runtime: '/bin/bun',
  };
  return planOf(input);
}

test('NATS first, edges last, and every port as documented', () => {
  const stages = plan([]).map((stage) => stage.map(({ name, port }) => `${name} ${port}`));
  expect(stages).toEqual([
    ['nats 4222'],
    ['origin 8090'],
    ['coordinator 8080'],
    ['edge-1 8081', 'edge-2 8082'],
  ]);
});

test('a NATS server from elsewhere is not started', () => {
  const parts = plan(['--nats-url', 'nats://example:4222', '--edges', '1']).flat();
  expect(parts.map(({ name }) => name)).toEqual(['origin', 'coordinator', 'edge-1']);
  for (const { env } of parts) expect(env.HEADWATER_NATS_URL).toBe('nats://example:4222');
});

test('moved ports reach those who call them', () => {
  const parts = plan(['--origin-port', '9090', '--edge-port', '9100', '--nats-port', '9222']).flat();
  const edge = parts.find(({ name }) => name === 'edge-2');
  expect(edge?.env).toMatchObject({
    HEADWATER_EDGE_ID: 'edge-2',
    HEADWATER_EDGE_PORT: '9101',
    HEADWATER_EDGE_ORIGIN_URL: 'http://127.0.0.1:9090',
    HEADWATER_NATS_URL: 'nats://127.0.0.1:9222',
  });
});

test('the admin token reaches the coordinator alone', () => {
  const holders = plan([])
    .flat()
    .filter(({ env }) => 'HEADWATER_ADMIN_TOKEN' in env);
  expect(holders.map(({ name }) => name)).toEqual(['coordinator']);
});

test('every node gets the keys of tokens, and NATS none', () => {
  const holders = plan(['--edges', '1'])
    .flat()
    .filter(({ env }) => env.HEADWATER_TOKEN_KEYS === 'one,two');
  expect(holders.map(({ name }) => name)).toEqual(['origin', 'coordinator', 'edge-1']);
});

test('the programme is one that an origin reads', () => {
  const programme = programmeOf('/films/film.mp4', 'Film');
  expect(Programme.parse(JSON.parse(JSON.stringify(programme)))).toEqual(programme);
});
