import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { childOf, childrenOf, everyElement, parseXml, textOf, xmlLimits, type XmlElement } from './parse-xml.ts';

const parsed = (text: string): XmlElement => {
  const answer = parseXml(text);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value;
};

test.each<[string, string, Partial<XmlElement>]>([
  ['the least', '<a/>', { name: 'a', attributes: {}, children: [], text: '' }],
  [
    'prefixes are left out',
    '<cap:alert xmlns:cap="urn:x" xmlns="urn:y"><cap:sender>s</cap:sender></cap:alert>',
    { name: 'alert', attributes: {}, children: [{ name: 'sender', attributes: {}, children: [], text: 's' }] },
  ],
  ['attributes, both quotes, spaces', `<a b = "1" c='2>'\n x:d="3" />`, { attributes: { b: '1', c: '2>', d: '3' } }],
  ['references', '<a b="&lt;&#x4E2D;&#65;">&amp;&quot;&apos;&gt;</a>', { attributes: { b: '<中A' }, text: `&"'>` }],
  ['CDATA', '<a><![CDATA[<b>&amp;]]> c</a>', { text: '<b>&amp; c' }],
  ['what is passed over', '\ufeff<?xml version="1.0"?><!-- <x> --><a><!-- y --><?z?>t</a>\n', { text: 't', children: [] }],
  ['Chinese names', '<预警 级别="红"/>', { name: '预警', attributes: { 级别: '红' } }],
])('%s', (_what, text, element) => {
  expect(parsed(text)).toMatchObject(element);
});

test.each([
  ['<!DOCTYPE a><a/>', 'xml-forbidden'],
  ['<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 'xml-forbidden'],
  ['<a><!ENTITY x "y"></a>', 'xml-forbidden'],
  ['<!doctype a><a/>', 'xml-forbidden'],
  ['', 'xml-malformed'],
  ['text', 'xml-malformed'],
  ['<a>', 'xml-malformed'],
  ['<a></b>', 'xml-malformed'],
  ['<a/><b/>', 'xml-malformed'],
  ['<a>&x;</a>', 'xml-malformed'],
  ['<a>&#0;</a>', 'xml-malformed'],
  ['<a>&#xD800;</a>', 'xml-malformed'],
  ['<a>&lt</a>', 'xml-malformed'],
  ['<a b=1/>', 'xml-malformed'],
  ['<a b="1"c="2"/>', 'xml-malformed'],
  ['<a b="<"/>', 'xml-malformed'],
  ['<a b/>', 'xml-malformed'],
  ['<a', 'xml-malformed'],
  ['<1/>', 'xml-malformed'],
  ['<!-- x', 'xml-malformed'],
  ['<![CDATA[x]]>', 'xml-malformed'],
  ['</a>', 'xml-malformed'],
  ['<a/>tail', 'xml-malformed'],
  ['<a>'.repeat(xmlLimits.depth + 1), 'xml-malformed'],
])('%s is refused with %s', (text, code) => {
  expect(parseXml(text)).toMatchObject({ ok: false, error: { code } });
});

test('elements are found by name, and by name however deep', () => {
  const root = parsed('<f><e><t> 1 </t><t>2</t></e><e/><g><e><e/></e></g></f>');
  expect(childrenOf(root, 'e')).toHaveLength(2);
  expect(textOf(childOf(root, 'e')!, 't')).toBe('1');
  expect([textOf(root, 't'), childOf(root, 'none')]).toEqual([null, undefined]);
  expect(everyElement(root, 'e')).toHaveLength(3);
});

describe('fuzz', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
  const escaped = (text: string) => text.replace(/[&<>"']/g, (one) => `&#${one.codePointAt(0)};`);
  const words = fc.stringMatching(/^[a-z <&"'>中]{0,12}$/).map((text) => text.trim());
  const { element } = fc.letrec<{ element: XmlElement }>((tie) => ({
    element: fc.record({
      name,
      attributes: fc.dictionary(name, words, { maxKeys: 3, noNullPrototype: true }),
      children: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('element'), { maxLength: 3 })),
      text: words,
    }),
  }));
  const written = ({ name: tag, attributes, children, text }: XmlElement): string =>
    `<${tag}${Object.entries(attributes)
      .map(([key, value]) => ` ${key}="${escaped(value)}"`)
      .join('')}>${escaped(text)}${children.map(written).join('')}</${tag}>`;

  test('what is written comes back (seeded)', () => {
    fc.assert(
      fc.property(element, (given) => {
        expect(parsed(written(given))).toEqual(given);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  test('whatever comes, it is an element or a problem, never a throw (seeded)', () => {
    const bits = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      '<!',
      '<!--',
      '-->',
      '<?',
      '?>',
      '<![CDATA[',
      ']]>',
      '&',
      ';',
      '"',
      '=',
      ' ',
      'a',
      'b:c',
      '&#x',
      '中',
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 40 }), (pieces) => {
        const answer = parseXml(pieces.join(''));
        if (!answer.ok) expect(['xml-malformed', 'xml-forbidden']).toContain(answer.error.code);
      }),
      { seed: 12, numRuns: 2000 },
    );
  });
});
