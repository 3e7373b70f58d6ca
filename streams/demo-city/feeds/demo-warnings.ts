import { cityCode } from '../places.ts';
import { storyLastsMs, type ToldStory } from './demo-stories.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const sender = 'met@demo.taodu.invalid';

interface Warning {
  readonly identifier: string;
  readonly sentAt: number;
  readonly status: 'Actual' | 'Exercise';
  readonly code: string;
  readonly event: string;
  readonly severity: 'Severe' | 'Moderate' | 'Minor';
  readonly headline: string;
  readonly description: string;
  readonly instruction: string;
  readonly expiresAt: number;
  /** Of the warning that it takes back. */
  readonly cancels: { readonly identifier: string; readonly sentAt: number } | null;
}

/** Warnings of the demo's weather office: fog in the morning, wind in the afternoon, an exercise at ten, and those of the rainstorm's story. Of yesterday and today. */
export function demoWarnings(stories: readonly ToldStory[], now: number): readonly Warning[] {
  const midnight = Math.floor((now + 8 * hourMs) / dayMs) * dayMs - 8 * hourMs;
  const daily = [midnight - dayMs, midnight].flatMap((day): Warning[] => {
    const date = new Date(day + 8 * hourMs).toISOString().slice(0, 10).replaceAll('-', '');
    const plain = { status: 'Actual', cancels: null } as const;
    return [
      {
        ...plain,
        identifier: `fog-${date}`,
        sentAt: day + 5 * hourMs,
        expiresAt: day + 9 * hourMs,
        code: '11B17',
        event: '大雾',
        severity: 'Moderate',
        headline: '大雾黄色预警',
        description: '预计未来四小时部分乡镇能见度低于 500 米。',
        instruction: '驾车请减速慢行，保持车距。',
      },
      {
        ...plain,
        status: 'Exercise',
        identifier: `exercise-${date}`,
        sentAt: day + 10 * hourMs,
        expiresAt: day + 10.5 * hourMs,
        code: '11B03',
        event: '暴雨',
        severity: 'Severe',
        headline: '【演练】暴雨橙色预警',
        description: '这是一次预警发布演练。',
        instruction: '无需采取行动。',
      },
      {
        ...plain,
        identifier: `gale-${date}`,
        sentAt: day + 13 * hourMs,
        expiresAt: day + 17 * hourMs,
        code: '11B06',
        event: '大风',
        severity: 'Minor',
        headline: '大风蓝色预警',
        description: '预计未来十二小时有 6 级阵风。',
        instruction: '请加固户外广告牌和临时搭建物。',
      },
    ];
  });
  const storms = stories
    .filter(({ story }) => story === 'rainstorm')
    .flatMap(({ since, until }): Warning[] => {
      const identifier = `rainstorm-${since}`;
      const storm: Warning = {
        identifier,
        sentAt: since,
        status: 'Actual',
        code: '11B03',
        event: '暴雨',
        severity: 'Severe',
        headline: '暴雨橙色预警',
        description: '过去一小时部分乡镇降雨已达 50 毫米以上，预计降雨持续。',
        instruction: '停止户外集会，转移低洼地带人员，关注河道水位。',
        expiresAt: since + storyLastsMs,
        cancels: null,
      };
      const over =
        until === null ? [] : [{ ...storm, identifier: `${identifier}-off`, sentAt: until, cancels: { identifier, sentAt: since } }];
      return [storm, ...over];
    });
  return [...daily, ...storms].filter(({ sentAt }) => sentAt <= now);
}

/** A warning in CAP 1.2. */
export function capOf({
  identifier,
  sentAt,
  status,
  code,
  event,
  severity,
  headline,
  description,
  instruction,
  expiresAt,
  cancels,
}: Warning): string {
  const references = cancels ? `<references>${sender},${cancels.identifier},${iso(cancels.sentAt)}</references>` : '';
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">',
    `<identifier>${identifier}</identifier><sender>${sender}</sender><sent>${iso(sentAt)}</sent>`,
    `<status>${status}</status><msgType>${cancels ? 'Cancel' : 'Alert'}</msgType><scope>Public</scope>${references}`,
    `<info><language>zh-CN</language><category>Met</category><event>${event}</event><urgency>Immediate</urgency>`,
    `<severity>${severity}</severity><certainty>Likely</certainty>`,
    `<eventCode><valueName>WARN-CODE</valueName><value>${code}</value></eventCode>`,
    `<expires>${iso(expiresAt)}</expires><senderName>陶都市气象台（演示）</senderName>`,
    `<headline>${headline}</headline><description>${description}</description><instruction>${instruction}</instruction>`,
    `<area><areaDesc>陶都市</areaDesc><circle>31.36,119.70 18</circle>`,
    `<geocode><valueName>GB/T 2260</valueName><value>${cityCode}</value></geocode></area></info></alert>`,
  ].join('\n');
}

/** The Atom index of the warnings; it says anew every ten minutes that it is looked after. */
export function capIndex(warnings: readonly Warning[], base: string, now: number): string {
  const entries = warnings.map(
    ({ identifier, headline, sentAt }) =>
      `<entry><id>${identifier}</id><title>${headline}</title><updated>${iso(sentAt)}</updated>` +
      `<link type="application/cap+xml" href="${base}/${identifier}.cap"/></entry>`,
  );
  const turn = Math.floor(now / 600_000) * 600_000;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>陶都市预警（演示）</title><updated>${iso(turn)}</updated>${entries.join('\n')}</feed>`;
}

/** CAP wants an offset in numbers. */
const iso = (at: number) => `${new Date(at + 8 * hourMs).toISOString().slice(0, 19)}+08:00`;
