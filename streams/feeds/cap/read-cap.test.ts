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
    class: 'weather',
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
  ['a reference that is none is passed over', { more: '<references>nonsense</references>' }, { supersedes: [] }],
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
  const links = [atom, rss].map((text) => {
    const root = parseXml(text);
    return root.ok ? linksOf(root.value) : [];
  });
  expect(links).toEqual([['https://x.example/1.cap'], ['https://x.example/2.cap']]);
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
