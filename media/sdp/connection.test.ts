import { expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { type Connection, parse, print } from './connection.ts';

test.each<[string, Connection]>([
  ['IN IP4 127.0.0.1', { address: '127.0.0.1', ttl: null }],
  ['IN IP4 239.0.0.1/16', { address: '239.0.0.1', ttl: 16 }],
  ['IN IP6 ::', { address: '::', ttl: null }],
  ['IN IP6 ff15::101', { address: 'ff15::101', ttl: null }],
  ['IN IP4 camera.example', { address: 'camera.example', ttl: null }],
])('a connection: %s', (value, connection) => {
  expect(parse(value)).toEqual(connection);
  expect(print(connection)).toBe(value);
});

test('of several groups the first is taken', () => {
  expect(parse('IN IP4 224.2.1.1/127/3')).toEqual({ address: '224.2.1.1', ttl: 127 });
  expect(parse('IN IP6 ff15::101/3')).toEqual({ address: 'ff15::101', ttl: null });
});

test.each(['', 'IN', 'IN IP5 1.2.3.4', 'IN IP4 ', 'IN IP4 239.0.0.1/256', 'ATM IP4 1.2.3.4'])(
  '%j is no connection',
  (value) => expect(parse(value)).toBeNull(),
);

test('a connection of any bytes that is read is printed as one that is the same', () => {
  brokenBytes(new TextEncoder().encode('IN IP4 239.0.0.1/16/3'), (bytes) => {
    const connection = parse(new TextDecoder().decode(bytes));
    if (connection !== null) expect(parse(print(connection))).toEqual(connection);
  });
});
