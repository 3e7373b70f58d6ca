import { atLeast, given, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('education');

export const education: SystemPack = {
  id: 'education',
  number: 9,
  name: w('智慧教育云平台', 'Education cloud'),
  department: w('教育局', 'Education Bureau'),
  feeds: ['indicator', 'mapping'],
  indicators: [
    given('campuses', w('智慧校园', 'Smart campuses'), '', atLeast(89)),
    given('classrooms', w('智慧教室', 'Smart classrooms'), '', atLeast(130)),
    given('learning-towns', w('数字化学习镇', 'Digital learning towns'), '', atLeast(10)),
    given('learning-communities', w('数字化学习社区', 'Digital learning communities'), '', atLeast(15)),
    reckoned('networks-online', w('校园网在线率', 'Campus networks online'), '%', {
      kind: 'share',
      assetKind: 'school',
      quantity: 'online',
      where: { is: [true] },
    }),
  ],
  rules: [
    rules.event('campus-incident', 'critical', 'education.campus', 'medium', { title: w('校园事件：{name}', 'Campus incident: {name}') }),
    rules.state(
      'network-down',
      'medium',
      'school',
      'online',
      [false],
      { title: w('{name} 校园网中断', '{name}: campus network down') },
      minutes(5),
    ),
  ],
};
