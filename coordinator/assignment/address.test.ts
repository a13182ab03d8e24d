import { expect, test } from 'bun:test';
import { urlOf } from './address.ts';

const here = { publicUrl: null, addresses: ['10.0.0.7', 'fd00::7'], port: 8081, machine: 'one' };
const elsewhere = { ...here, machine: 'other' };

test.each([
  ['as its operator says', { ...here, publicUrl: 'https://e1.example/' }, 'localhost', 'https://e1.example'],
  [
    'as its operator says, below a path',
    { ...here, publicUrl: 'https://e.example/a//' },
    'x',
    'https://e.example/a',
  ],
  ['on our machine by the name that led to us', here, 'localhost', 'http://localhost:8081'],
  ['on our machine by our address', here, '192.168.1.2', 'http://192.168.1.2:8081'],
  ['on our machine by our IPv6 address', here, '[::1]', 'http://[::1]:8081'],
  ['elsewhere at its IPv4 address', elsewhere, '192.168.1.2', 'http://10.0.0.7:8081'],
  ['elsewhere at its IPv4 address, for a name', elsewhere, 'video.example', 'http://10.0.0.7:8081'],
  ['elsewhere at its IPv6 address', elsewhere, '[fd00::1]', 'http://[fd00::7]:8081'],
  [
    'elsewhere at the address there is',
    { ...elsewhere, addresses: ['fd00::7'] },
    'localhost',
    'http://[fd00::7]:8081',
  ],
  [
    'elsewhere at the IPv4 address there is',
    { ...elsewhere, addresses: ['10.0.0.7'] },
    '[::1]',
    'http://10.0.0.7:8081',
  ],
  [
    'without an address where we are',
    { ...elsewhere, addresses: [] },
    'video.example',
    'http://video.example:8081',
  ],
  [
    'without an address where we are, over IPv6',
    { ...elsewhere, addresses: [] },
    '[::1]',
    'http://[::1]:8081',
  ],
])('an edge is reached %s', (_, edge, hostname, url) => {
  expect(urlOf(edge, { hostname, machine: 'one' })).toBe(url);
});
