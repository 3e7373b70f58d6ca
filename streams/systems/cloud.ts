import { atLeast, atMost, given, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('cloud');

export const cloud: SystemPack = {
  id: 'cloud',
  number: 2,
  name: w('智慧城市云平台', 'City cloud'),
  department: w('工业和信息化局', 'Industry and Information Technology Bureau'),
  feeds: ['indicator', 'mapping'],
  indicators: [
    reckoned(
      'cpu-use',
      w('CPU 平均使用率', 'CPU in use'),
      '%',
      { kind: 'mean', assetKind: 'resource-pool', quantity: 'cpu-use' },
      atMost(80),
    ),
    reckoned(
      'storage-use',
      w('存储平均使用率', 'Storage in use'),
      '%',
      { kind: 'mean', assetKind: 'resource-pool', quantity: 'storage-use' },
      atMost(80),
    ),
    given('availability', w('可用率', 'Availability'), '%'),
    given('systems-graded', w('等级保护定级率', 'Systems graded'), '%', atLeast(100)),
  ],
  rules: [
    rules.beyond(
      'storage-full',
      'high',
      'resource-pool',
      'storage-use',
      { op: '>=', value: 90 },
      { title: w('{name} 存储将满：{value}%', '{name}: storage at {value} %') },
      { forSeconds: minutes(5), deadBand: 3 },
    ),
    rules.beyond(
      'cpu-full',
      'medium',
      'resource-pool',
      'cpu-use',
      { op: '>=', value: 90 },
      { title: w('{name} CPU 紧张：{value}%', '{name}: CPU at {value} %') },
      { forSeconds: minutes(10), deadBand: 5 },
    ),
    rules.event('tenant-down', 'high', 'cloud.tenant-down', 'medium', { title: w('云上系统中断：{name}', 'Tenant down: {name}') }),
  ],
};
