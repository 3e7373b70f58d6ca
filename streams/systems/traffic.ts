import { above, given, hours, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('traffic');

/** What systems call a road on which traffic stands or crawls. */
const congested = ['congested', 'jammed', 'blocked'];

export const traffic: SystemPack = {
  id: 'traffic',
  number: 18,
  name: w('智慧交通管理', 'Traffic'),
  department: w('公安局', 'Public Security Bureau'),
  feeds: ['ngsi', 'datex2', 'mapping', 'mqtt', 'ocpi', 'gtfs-rt'],
  indicators: [
    given('car-parks-connected', w('停车场联网率', 'Car parks connected'), '%', above(80), undefined, {
      kind: 'online',
      assetKind: 'car-park',
    }),
    reckoned('congestion-index', w('拥堵指数', 'Congestion index'), '', {
      kind: 'mean',
      assetKind: 'road-segment',
      quantity: 'congestion-index',
    }),
    reckoned('speed', w('平均车速', 'Mean speed'), 'km/h', { kind: 'mean', assetKind: 'road-segment', quantity: 'speed' }),
    reckoned('spaces-free', w('空余车位', 'Free spaces'), '', { kind: 'sum', assetKind: 'car-park', quantity: 'spaces-free' }),
    given('clear-time', w('事件发现到恢复', 'Incident detect to clear'), 'min', null, hours(4), { kind: 'duration', class: 'traffic' }),
    reckoned('roads-congested', w('拥堵路段占比', 'Roads congested'), '%', {
      kind: 'share',
      assetKind: 'road-segment',
      quantity: 'state',
      where: { is: congested },
    }),
    reckoned('events-open', w('在处交通事件', 'Traffic events open'), '', { kind: 'events', class: 'traffic', count: 'open' }),
    reckoned('chargers-safe', w('充电桩安全率', 'Chargers safe'), '%', {
      kind: 'share',
      assetKind: 'charger',
      quantity: 'state',
      where: { is: ['available', 'charging', 'reserved', 'working', 'almostempty', 'empty', 'almostfull', 'full'] },
    }),
  ],
  rules: [
    rules.event('accident', 'high', 'traffic.accident', 'low', { title: w('交通事故：{name}', 'Accident: {name}') }),
    rules.event('jam-told', 'medium', 'traffic.jam', 'low', { title: w('道路拥堵：{name}', 'Jam: {name}') }),
    rules.event('wrong-way-told', 'critical', 'traffic.wrong-way', 'low', {
      title: w('车辆逆行：{name}', 'Wrong-way driver: {name}'),
    }),
    rules.event('obstacle', 'medium', 'traffic.obstacle', 'low', { title: w('道路障碍：{name}', 'Obstacle on the road: {name}') }),
    rules.event('closure', 'medium', 'traffic.closure', 'low', { title: w('道路封闭：{name}', 'Road closed: {name}') }),
    rules.event('road-damage', 'low', 'traffic.road-damage', 'low', { title: w('路面损坏：{name}', 'Road damaged: {name}') }),
    rules.state(
      'road-congested',
      'medium',
      'road-segment',
      'state',
      congested,
      { title: w('{name} 拥堵', '{name} is congested') },
      minutes(5),
    ),
    rules.beyond(
      'jam',
      'medium',
      'road-segment',
      'congestion-index',
      { op: '>=', value: 4 },
      { title: w('{name} 拥堵，指数 {value}', '{name} jammed, index {value}') },
      { forSeconds: minutes(5), deadBand: 0.5 },
    ),
    rules.state('wrong-way', 'critical', 'road-segment', 'wrong-way', [true], {
      title: w('{name} 有车逆行', 'Wrong-way driver on {name}'),
    }),
    rules.beyond(
      'queue-spill',
      'high',
      'junction',
      'queue-length',
      { op: '>=', value: { property: 'storage-length' } },
      { title: w('{name} 排队溢出', 'Queue spills back at {name}') },
      { forSeconds: 60 },
    ),
    rules.state(
      'signal-fault',
      'high',
      'junction',
      'state',
      ['fault', 'dark', 'flashing'],
      {
        title: w('{name} 信号机故障', 'Signal fault at {name}'),
        advice: w('请派人疏导并通知维修。', 'Send somebody to direct traffic, and call repair.'),
      },
      30,
    ),
    rules.beyond(
      'car-park-full',
      'low',
      'car-park',
      'spaces-free',
      { op: '<=', value: 0 },
      { title: w('{name} 已满', '{name} is full') },
      { forSeconds: minutes(2), deadBand: 5 },
    ),
    rules.state(
      'charger-fault',
      'low',
      'charger',
      'state',
      ['inoperative', 'outoforder', 'outofservice', 'withincidence'],
      { title: w('{name} 充电桩故障', 'Charger fault: {name}') },
      minutes(2),
    ),
  ],
};
