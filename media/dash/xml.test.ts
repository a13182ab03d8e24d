import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Element, element, printDocument } from './xml.ts';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

const DOCUMENTS: readonly (readonly [string, Element, string])[] = [
  ['nothing', element('A', {}), '<A/>\n'],
  ['attributes', element('A', { b: 1, c: 'x y', d: null }), '<A b="1" c="x y"/>\n'],
  [
    'children',
    element('A', {}, element('B', {}), element('B', { c: 0 })),
    '<A>\n  <B/>\n  <B c="0"/>\n</A>\n',
  ],
  ['what must be escaped', element('A', { b: '<&>"\'' }), '<A b="&lt;&amp;&gt;&quot;\'"/>\n'],
  ['what can not be escaped', element('A', { b: 'x\0\ny\u009f' }), '<A b="xy"/>\n'],
];

test.each(DOCUMENTS)('an element with %s', (_, root, text) => {
  expect(printDocument(root)).toBe(HEAD + text);
});

test('an attribute never ends early, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      expect(printDocument(element('A', { b: value }))).toMatch(/^<\?xml [^>]*>\n<A b="[^"<>\n]*"\/>\n$/);
    }),
  );
});
