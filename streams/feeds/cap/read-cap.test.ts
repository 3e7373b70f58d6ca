import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fact, type EventFact } from '../../feed-contract.ts';
import { parseXml } from '../../protocols/xml/parse-xml.ts';
import { linksOf, readCap } from './read-cap.ts';

const info = (more = '') =>
  `<info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty>${more}</info>`;
const alert = ({
  identifier = 'A1',
  status = 'Actual',
  msgType = 'Alert',
  sent = '2026-07-01T10:00:00+08:00',
  infos = info(),
  more = '',
} = {}) =>
  `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>${identifier}</identifier><sender>met@city.example</sender><sent>${sent}</sent><status>${status}</status><msgType>${msgType}</msgType><scope>Public</scope>${more}${infos}</alert>`;
const read = (text: string) => readCap({ bytes: Buffer.from(text), contentType: 'application/cap+xml', receivedAt: 0, from: null });
const events = (text: string): readonly EventFact[] => {
  const answer = read(text);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value.facts as readonly EventFact[];
};
const one = (text: string): EventFact => {
  const [first, ...rest] = events(text);
  expect(rest).toEqual([]);
  return first!;
};

test('a warning, whole', () => {
  const text = alert({
    infos: info(
      `<onset>2026-07-01T12:00:00+08:00</onset><expires>2026-07-01T18:00:00+08:00</expires><headline>暴雨橙色预警</headline>
       <description>第一行\r\n第二行</description><instruction>请勿外出</instruction>
       <area><areaDesc>宜城街道</areaDesc><polygon>31.0,119.0 31.0,120.0 32.0,120.0 31.0,119.0</polygon><circle>31.5,119.5 2.5</circle>
       <geocode><valueName>行政区划</valueName><value>320282000000</value></geocode></area>`,
    ),
  });
  expect(one(text)).toMatchObject({
    external: 'met@city.example,A1',
    version: Date.parse('2026-07-01T10:00:00+08:00') / 1000,
    class: 'weather.rainstorm',
    status: 'open',
    severity: 'high',
    title: '暴雨橙色预警',
    text: '第一行\n第二行',
    instruction: '请勿外出',
    at: Date.parse('2026-07-01T10:00:00+08:00'),
    startsAt: Date.parse('2026-07-01T12:00:00+08:00'),
    endsAt: Date.parse('2026-07-01T18:00:00+08:00'),
    place: { district: '320282', text: '宜城街道', lat: 31.333333, lon: 119.666667 },
    area: {
      polygons: [
        [
          [31, 119],
          [31, 120],
          [32, 120],
          [31, 119],
        ],
      ],
      circles: [{ lat: 31.5, lon: 119.5, radiusM: 2500 }],
    },
    source: { category: 'Met', event: '暴雨', urgency: 'Immediate', severity: 'Severe', certainty: 'Likely' },
    exercise: false,
  });
});

test.each([
  [
    'an update takes the place of what it refers to',
    { msgType: 'Update', more: '<references>met@city.example,A0,2026-07-01T09:00:00+08:00 x,B,2026-07-01T09:00:00+08:00</references>' },
    { status: 'open', supersedes: ['met@city.example,A0', 'x,B'] },
  ],
  [
    'a cancel ends it, and needs no info',
    { msgType: 'Cancel', infos: '', more: '<references>met@city.example,A0,2026-07-01T09:00:00+08:00</references>' },
    { status: 'cancelled', supersedes: ['met@city.example,A0'] },
  ],
  [
    'a reference of one part is an identifier of the same sender',
    { more: '<references>A0</references>' },
    { supersedes: ['met@city.example,A0'] },
  ],
  ['a reference that is none is passed over', { more: '<references>a,b</references>' }, { supersedes: [] }],
  ['an exercise is marked', { status: 'Exercise' }, { exercise: true }],
  ['a test is marked', { status: 'Test' }, { exercise: true }],
  [
    'a code of the warning centre says the class',
    { infos: info('<eventCode><valueName>code</valueName><value>11b03</value></eventCode>') },
    { class: 'weather.rainstorm' },
  ],
  ['else the event does', { infos: info().replace('暴雨', 'Flash Flood Warning!') }, { class: 'weather.flash-flood-warning' }],
  [
    'a colour speaks where the severity is unknown',
    { infos: info('<headline>大风蓝色预警</headline>').replace('Severe', 'Unknown') },
    { severity: 'low' },
  ],
  ['without either nothing is claimed', { infos: info().replace('Severe', 'Unknown') }, { severity: 'information' }],
  [
    'several blocks: the worst, the longest, all areas',
    {
      infos:
        info('<expires>2026-07-01T18:00:00+08:00</expires><area><areaDesc>甲</areaDesc></area>') +
        info('<expires>2026-07-02T18:00:00+08:00</expires><area><areaDesc>乙</areaDesc></area>').replace('Severe', 'Extreme'),
    },
    { severity: 'critical', endsAt: Date.parse('2026-07-02T18:00:00+08:00'), place: { text: '甲、乙' } },
  ],
  [
    'Chinese before English',
    { infos: `<info><language>en-US</language><category>Met</category><event>Rain</event></info>${info('<headline>暴雨</headline>')}` },
    { title: '暴雨' },
  ],
  [
    'English where there is no Chinese',
    { infos: '<info><language>fr</language><event>Pluie</event></info><info><event>Rain</event><category>Met</category></info>' },
    { title: 'Rain', class: 'weather.rain' },
  ],
  ['Z is taken, too', { sent: '2026-07-01T02:00:00Z' }, { at: Date.parse('2026-07-01T10:00:00+08:00') }],
  [
    'an open polygon is closed',
    { infos: info('<area><areaDesc>x</areaDesc><polygon>31,119 31,120 32,120</polygon></area>') },
    {
      area: {
        polygons: [
          [
            [31, 119],
            [31, 120],
            [32, 120],
            [31, 119],
          ],
        ],
      },
    },
  ],
  [
    'shapes that are none are left out',
    { infos: info('<area><areaDesc>x</areaDesc><polygon>31,119 99,120 x</polygon><circle>31,119 -2</circle></area>') },
    { area: null },
  ],
] as const)('%s', (_what, given, expected) => {
  expect(one(alert(given as object))).toMatchObject(expected);
});

test.each([
  ['Draft', 'Alert'],
  ['System', 'Alert'],
  ['Actual', 'Ack'],
  ['Actual', 'Error'],
])('status %s with %s says nothing of the city', (status, msgType) => {
  expect(read(alert({ status, msgType }))).toMatchObject({ ok: true, value: { facts: [], ignored: true } });
});

test.each([
  ['no identifier', alert().replace(/<identifier>.*?<\/identifier>/, ''), 'field-missing'],
  ['no time', alert({ sent: 'yesterday' }), 'time-invalid'],
  ['no info', alert({ infos: '' }), 'field-missing'],
  ['an unknown status', alert({ status: 'Maybe' }), 'field-invalid'],
  ['an entity', `<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>${alert()}`, 'xml-forbidden'],
  ['half of it', alert().slice(0, 200), 'xml-malformed'],
  ['another document', '<kml/>', 'record-unsupported'],
])('%s is refused with %s', (_what, text, code) => {
  expect(read(text)).toMatchObject({ ok: false, error: { code } });
});

test('several in an envelope: what is good is taken, what is not is named', () => {
  const answer = read(`<list>${alert()}${alert({ identifier: 'A2', sent: 'x' })}${alert({ identifier: 'A3' })}</list>`);
  expect(answer).toMatchObject({
    ok: true,
    value: { facts: [{ external: 'met@city.example,A1' }, { external: 'met@city.example,A3' }], problems: [{ code: 'time-invalid' }] },
  });
});

test('an index: alerts inside it are read, those elsewhere are linked', () => {
  const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="self" href="https://x.example/self"/><link type="application/cap+xml" href="https://x.example/1.cap"/></entry><entry><content>${alert()}</content></entry></feed>`;
  expect(events(atom)).toHaveLength(1);
  const rss =
    '<rss><channel><item><link>https://x.example/2.cap</link></item><item><link>https://x.example/2.cap</link></item></channel></rss>';
  expect(read(rss)).toMatchObject({ ok: true, value: { ignored: true } });
  const apart =
    '<rss><channel><item><link>https://x.example/report.html</link><x:cap xmlns:x="urn:x">https://x.example/3.cap</x:cap></item></channel></rss>';
  const links = [atom, rss, apart].map((text) => {
    const root = parseXml(text);
    return root.ok ? linksOf(root.value) : [];
  });
  expect(links).toEqual([['https://x.example/1.cap'], ['https://x.example/2.cap'], ['https://x.example/3.cap']]);
});

describe('as the services of the world send it', () => {
  test("one of China's warning centres: its own names for time, event and severity", () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
<alert>
  <identifier>32028241600000_20260701104500</identifier><sender>宜兴市气象局</sender><senderCode>32028241600000</senderCode>
  <sendTime>2026-07-01 10:45:00+08:00</sendTime><status>Actual</status><msgType>Update</msgType><scope>Public</scope>
  <code><method><methodName>SMS</methodName><message>请注意防范</message><audienceGrp/></method></code>
  <secClassification>None</secClassification><note/><references>32028241600000_20260630121800</references>
  <info><language>zh-CN</language><eventType>11B06</eventType><urgency>Unknown</urgency><severity>Blue</severity><certainty>Unknown</certainty>
    <effective>2026-07-01 10:57:42+08:00</effective><onset/><expires/><senderName>值班员</senderName>
    <headline>宜兴市气象局发布大风蓝色预警[IV级/一般]</headline><description>预计阵风6到7级</description><instruction/><web/>
    <area><areaDesc>宜兴市</areaDesc><polygon/><circle/><geocode>320282000000,320282000000</geocode></area></info>
</alert>`;
    expect(one(text)).toMatchObject({
      external: '宜兴市气象局,32028241600000_20260701104500',
      supersedes: ['宜兴市气象局,32028241600000_20260630121800'],
      class: 'weather.gale',
      severity: 'low',
      status: 'open',
      at: Date.parse('2026-07-01T02:45:00Z'),
      startsAt: Date.parse('2026-07-01T02:57:42Z'),
      endsAt: null,
      area: null,
      instruction: null,
      place: { district: '320282', text: '宜兴市' },
      source: { eventType: '11B06' },
    });
  });
  test('the weather services of Europe: a prefix before every name, several languages, what it warns of as a parameter', () => {
    const block = (language: string, event: string, headline: string) =>
      `<cap:info><cap:language>${language}</cap:language><cap:category>Met</cap:category><cap:event>${event}</cap:event><cap:responseType>Monitor</cap:responseType>
       <cap:severity>Moderate</cap:severity><cap:expires>2026-07-02T00:00:00+01:00</cap:expires><cap:headline>${headline}</cap:headline>
       <cap:parameter><cap:valueName>awareness_level</cap:valueName><cap:value>2; yellow; Moderate</cap:value></cap:parameter>
       <cap:parameter><cap:valueName>awareness_type</cap:valueName><cap:value>3; Thunderstorm</cap:value></cap:parameter>
       <cap:area><cap:areaDesc>x</cap:areaDesc><cap:geocode><cap:valueName>EMMA_ID</cap:valueName><cap:value>HR002</cap:value></cap:geocode></cap:area></cap:info>`;
    const text = `<cap:alert xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"><cap:identifier>2.49.0.1.191.0.1</cap:identifier><cap:sender>x@y.example</cap:sender>
      <cap:sent>2026-07-01T10:00:00+02:00</cap:sent><cap:status>Actual</cap:status><cap:msgType>Alert</cap:msgType><cap:scope>Public</cap:scope>
      ${block('hr', 'Grmljavina', 'Žuto upozorenje')}${block('en', 'Yellow thunderstorm warning', 'Yellow warning')}</cap:alert>`;
    expect(one(text)).toMatchObject({
      class: 'weather.lightning',
      severity: 'medium',
      title: 'Yellow warning',
      place: { district: null },
      source: { event: 'Yellow thunderstorm warning' },
    });
  });
  const centre = (inside: string, sendTime = '2026-07-01 10:45:00+08:00') =>
    `<alert><identifier>1</identifier><sender>宜兴市</sender><sendTime>${sendTime}</sendTime><status>Actual</status><msgType>Alert</msgType><info>${inside}</info></alert>`;
  test.each([
    ['a code that is known', '<eventType>11B20</eventType><headline>雷雨大风橙色预警</headline>', 'weather.thunderstorm'],
    ['a code of one province alone: its words', '<eventType>11B91</eventType><headline>强对流黄色预警</headline>', 'weather.thunderstorm'],
    ['else what it begins with', '<eventType>12A05</eventType><headline>停气通知</headline>', 'safety'],
    ['words of the ground', '<eventType>11D03</eventType><headline>泥石流红色预警</headline>', 'geo.debris-flow'],
    ['words alone', '<headline>宜兴市发布道路结冰黄色预警</headline>', 'weather.icy-road'],
    [
      'the narrower word before the wider',
      '<category>Met</category><event>山洪</event><headline>暴雨山洪预警</headline>',
      'weather.flash-flood',
    ],
    ['a fire in a gale is no weather', '<category>Fire</category><event>大风天气森林防火</event>', 'fire'],
    ['characters of Taiwan', '<language>zh-TW</language><category>Met</category><event>颱風</event>', 'weather.typhoon'],
  ])('what a warning is of: %s', (_what, inside, expected) => {
    expect(one(centre(inside))).toMatchObject({ class: expected });
  });
  test('the time of a centre of China that tells no offset is that of China; anybody else must tell one', () => {
    expect(one(centre('<effective>2026-07-01 11:00:00</effective><headline>暴雨</headline>', '2026-07-01 10:45:00'))).toMatchObject({
      at: Date.parse('2026-07-01T02:45:00Z'),
      startsAt: Date.parse('2026-07-01T03:00:00Z'),
    });
    expect(read(alert({ sent: '2026-07-01T10:00:00' }))).toMatchObject({ ok: false, error: { code: 'time-invalid' } });
  });
  test('a severity in capitals', () => {
    expect(one(centre('<severity>ORANGE</severity><headline>暴雨</headline>'))).toMatchObject({ severity: 'high' });
    expect(one(alert({ infos: info().replace('Severe', 'constructor') }))).toMatchObject({ severity: 'information' });
  });
  test('green is no warning', () => {
    const level = (told: string) => `<parameter><valueName>awareness_level</valueName><value>${told}</value></parameter>`;
    const minor = (told: string) => info(level(told)).replace('Severe', 'Minor');
    expect(one(alert({ infos: minor('1; green; Minor') }))).toMatchObject({ severity: 'information' });
    expect(one(alert({ infos: minor('1; green; Minor') + minor('2; yellow; Moderate') }))).toMatchObject({ severity: 'low' });
  });
  test('a description with elements of its own inside', () => {
    const inside = '<description>第三报<typhoon><section title="类别">海上</section><name>巴威</name></typhoon></description>';
    expect(one(alert({ infos: info(inside) }))).toMatchObject({ text: '第三报\n海上\n巴威' });
  });
  test.each([
    ['longitude first, as it can only have been meant', '119.1,31.0 120.2,31.0 120.2,32.0 119.1,31.0', [31, 119.1]],
    ['latitude first', '31.0,119.1 31.0,120.2 32.0,120.2 31.0,119.1', [31, 119.1]],
    ['neither way round on earth', '119.1,131.0 120.2,131.0 120.2,132.0 119.1,131.0', undefined],
    ['some this way and some that way', '119.1,31.0 31.0,120.2 120.2,132.0 119.1,31.0', undefined],
  ])('a polygon %s', (_what, polygon, first) => {
    const { area } = one(alert({ infos: info(`<area><areaDesc>x</areaDesc><polygon>${polygon}</polygon></area>`) }));
    expect(area?.polygons[0]?.[0]).toEqual(first);
  });
  test('a warning of more than thirty shapes, each of more points than a map needs, is drawn and not lost', () => {
    const points = Array.from({ length: 1500 }, (_, index) => `${40 + Math.sin(index / 239)},${-100 + Math.cos(index / 239)}`).join(' ');
    const areas = Array.from({ length: 40 }, () => `<area><areaDesc>x</areaDesc><polygon>${points}</polygon></area>`).join('');
    const { area } = one(alert({ infos: info(areas) }));
    expect(area?.polygons).toHaveLength(32);
    expect(area?.polygons[0]!.length).toBeLessThanOrEqual(1000);
    expect(area?.polygons[0]!.length).toBeGreaterThan(700);
    expect(area?.polygons[0]!.at(-1)).toEqual(area?.polygons[0]![0]);
  });
  test('pairs with a space behind their comma', () => {
    const { area } = one(
      alert({
        infos: info(
          '<area><areaDesc>x</areaDesc><polygon>31, 119\n31, 120\n32, 120\n31, 119</polygon><circle>31.5, 119.5 2</circle></area>',
        ),
      }),
    );
    expect(area).toMatchObject({ polygons: [expect.objectContaining({ length: 4 })], circles: [{ lat: 31.5, lon: 119.5, radiusM: 2000 }] });
  });
  test.each([
    ['CAP 1.1', alert().replace('cap:1.2', 'cap:1.1'), { severity: 'high' }],
    [
      'signed, with a resource inside',
      alert({
        infos: info('<resource><resourceDesc>map</resourceDesc><mimeType>image/png</mimeType><derefUri>iVBORw0KGgo=</derefUri></resource>'),
        more: '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><Reference URI=""><DigestValue>x=</DigestValue></Reference></SignedInfo></Signature>',
      }),
      { severity: 'high' },
    ],
    [
      'an all-clear is the end of it',
      alert({ msgType: 'Update', infos: info('<responseType>AllClear</responseType>') }),
      { status: 'ended' },
    ],
    ['an all-clear among others is none', alert({ infos: info('<responseType>AllClear</responseType>') + info() }), { status: 'open' }],
    [
      "codes of other countries' districts are none of ours",
      alert({
        infos: info(
          ['048201', '113073088', '053009']
            .map(
              (code, index) =>
                `<area><areaDesc>x</areaDesc><geocode><valueName>${['SAME', 'WARNCELLID', 'x'][index]}</valueName><value>${code}</value></geocode></area>`,
            )
            .join(''),
        ),
      }),
      { place: { district: null } },
    ],
    ['minus nought is UTC', alert({ sent: '2026-07-01T02:00:00-00:00' }), { at: Date.parse('2026-07-01T02:00:00Z') }],
    [
      'a word of the language itself is no word of the standard',
      alert({ infos: info().replace('Severe', 'constructor').replace('Met', 'toString') }),
      { severity: 'information', class: 'other' },
    ],
  ])('%s', (_what, text, expected) => {
    expect(one(text)).toMatchObject(expected);
  });
  test.each([
    ['a time without an offset', alert({ sent: '2026-07-01T10:00:00' }), 'time-invalid'],
    ['a time before 1970', alert({ sent: '1066-10-14T09:00:00+00:00' }), 'time-invalid'],
    ['a day that is none', alert({ sent: '2026-13-41T10:00:00+08:00' }), 'time-invalid'],
    ['deeper than any document', '<a>'.repeat(5000), 'xml-malformed'],
    [
      'a billion laughs',
      `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>${alert({ infos: info('<headline>&b;</headline>') })}`,
      'xml-forbidden',
    ],
    ['an entity that nobody declared', alert({ infos: info('<headline>&xxe;</headline>') }), 'xml-malformed'],
    ['two of them, one after another', alert() + alert(), 'xml-malformed'],
  ])('%s is refused with %s', (_what, text, code) => {
    expect(read(text)).toMatchObject({ ok: false, error: { code } });
  });
  test('in UTF-16, in GB 2312, in Latin letters of one byte, with a byte order mark', () => {
    const utf16 = Buffer.from(`\ufeff${alert()}`, 'utf16le');
    expect(readCap({ bytes: utf16, contentType: null, receivedAt: 0, from: null })).toMatchObject({
      ok: true,
      value: { facts: [{ title: '暴雨' }] },
    });
    const latin = Buffer.from(
      `<?xml version="1.0" encoding="ISO-8859-1"?>${alert({ infos: '<info><event>Lluvia en España</event></info>' })}`,
      'latin1',
    );
    expect(readCap({ bytes: latin, contentType: null, receivedAt: 0, from: null })).toMatchObject({
      ok: true,
      value: { facts: [{ title: 'Lluvia en España' }] },
    });
    expect(one(`\ufeff${alert()}`)).toMatchObject({ title: '暴雨' });
  });
});

test('an index whose items enclose their warnings', () => {
  const root = parseXml(
    '<rss><channel><item><link>https://x.example/page.html</link><enclosure url="https://x.example/3.cap" type="application/cap+xml"/></item></channel></rss>',
  );
  expect(root.ok && linksOf(root.value)).toEqual(['https://x.example/3.cap']);
});

describe('fuzz', () => {
  const names = [
    'identifier',
    'sender',
    'sent',
    'status',
    'msgType',
    'references',
    'info',
    'area',
    'polygon',
    'circle',
    'geocode',
    'value',
    'eventCode',
    'severity',
    'expires',
    'headline',
    'description',
    'language',
    'category',
    'event',
  ];
  const values = fc.oneof(
    fc.constantFrom(
      'Actual',
      'Alert',
      'Update',
      '2026-07-01T10:00:00+08:00',
      '31,119 31,120 32,120',
      '1,2 3',
      'Met',
      'Extreme',
      '320282',
      '\u202e反',
      '\u0001',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const { node } = fc.letrec<{ node: string }>((tie) => ({
    node: fc
      .tuple(
        fc.constantFrom(...names),
        fc.oneof(
          { depthSize: 'small' },
          values.map((text) => text.replace(/[<&]/g, '')),
          fc.array(tie('node'), { maxLength: 6 }).map((all) => all.join('')),
        ),
      )
      .map(([name, inside]) => `<${name}>${inside}</${name}>`),
  }));

  test('whatever an alert is made of, what comes of it is a fact as the contract has it, or a problem (seeded)', () => {
    fc.assert(
      fc.property(fc.array(node, { maxLength: 12 }), (nodes) => {
        const head =
          '<identifier>i</identifier><sender>s</sender><sent>2026-07-01T10:00:00+08:00</sent><status>Actual</status><msgType>Alert</msgType>';
        const answer = read(`<alert>${nodes.join('')}${head}${info()}</alert>`);
        if (answer.ok) for (const found of answer.value.facts) expect(fact.safeParse(found).success).toBe(true);
      }),
      { seed: 12, numRuns: 500 },
    );
  });
});
