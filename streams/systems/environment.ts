import { atLeast, atMost, given, hours, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('environment');

export const environment: SystemPack = {
  id: 'environment',
  number: 25,
  name: w('智慧环保', 'Environment'),
  department: w('生态环境局', 'Ecology and Environment Bureau'),
  feeds: ['hj212', 'ngsi', 'indicator'],
  indicators: [
    given('areas-monitored', w('重点区域监测覆盖率', 'Key areas monitored'), '%', atLeast(100)),
    given('good-air-days', w('优良天数比例', 'Days of good air'), '%'),
    given('sections-reaching-class', w('断面达标率', 'Water sections reaching class'), '%'),
    reckoned(
      'pm25',
      w('PM2.5 均值', 'Mean PM2.5'),
      'µg/m³',
      { kind: 'mean', assetKind: 'air-station', quantity: 'pm25' },
      atMost(75),
      hours(2),
    ),
    reckoned('stations-online', w('监测站在线率', 'Stations online'), '%', { kind: 'online', assetKind: 'air-station' }, null, hours(2)),
  ],
  rules: [
    rules.often('air-exceeded', 'medium', 'air-station', 'pm25', { op: '>', value: 150 }, [3, 4], hours(2), {
      title: w('{name} PM2.5 超标：{value} µg/m³', '{name}: PM2.5 at {value} µg/m³'),
    }),
    rules.beyond(
      'source-cod',
      'high',
      'pollution-source',
      'cod',
      { op: '>', value: { property: 'limit-cod' } },
      { title: w('{name} COD 超标：{value} mg/L', '{name} discharges: COD {value} mg/L') },
      { forSeconds: minutes(10) },
    ),
    rules.beyond(
      'source-ammonia',
      'high',
      'pollution-source',
      'ammonia-nitrogen',
      { op: '>', value: { property: 'limit-ammonia-nitrogen' } },
      { title: w('{name} 氨氮超标：{value} mg/L', '{name} discharges: ammonia nitrogen {value} mg/L') },
      { forSeconds: minutes(10) },
    ),
    rules.silent('station-silent', 'medium', 'pollution-source', hours(1), { title: w('{name} 无监测数据', '{name} is silent') }),
  ],
};
