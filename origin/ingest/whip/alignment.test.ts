import { expect, test } from 'bun:test';
import { Alignment } from './alignment.ts';

test('nothing is known of one stream', () => {
  const alignment = new Alignment();
  alignment.arrived('video', 0, 100);
  expect(alignment.difference).toBeNull();
});

test('at first arrival tells, by the packet that was fastest', () => {
  const alignment = new Alignment();
  alignment.arrived('video', 1_000, 5_040);
  alignment.arrived('video', 1_040, 5_045);
  alignment.arrived('audio', 9_000, 5_010);
  expect(alignment.difference).toBe(5_045 - 1_040 - (5_010 - 9_000));
});

test('reports of both streams tell better', () => {
  const alignment = new Alignment();
  alignment.arrived('video', 0, 100);
  alignment.arrived('audio', 0, 60);
  alignment.reported('video', 0, 700_000);
  expect(alignment.difference).toBe(40);
  alignment.reported('audio', 0, 700_015);
  expect(alignment.difference).toBe(-15);
});

test('reports that can not be are not believed', () => {
  const alignment = new Alignment();
  alignment.arrived('video', 0, 100);
  alignment.arrived('audio', 0, 60);
  alignment.reported('video', 0, 0);
  alignment.reported('audio', 0, 700_000);
  expect(alignment.difference).toBe(40);
});
