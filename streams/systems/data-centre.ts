import { given, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('data-centre');

export const dataCentre: SystemPack = {
  id: 'data-centre',
  number: 3,
  name: w('城市大数据中心', 'City data centre'),
  department: w('工业和信息化局', 'Industry and Information Technology Bureau'),
  feeds: ['indicator', 'mapping'],
  indicators: [
    given('libraries-complete', w('五大基础库完成率', 'Base libraries complete'), '%'),
    reckoned('exchange-success', w('交换成功率', 'Exchange jobs succeeding'), '%', {
      kind: 'share',
      assetKind: 'exchange-job',
      quantity: 'job-success',
      where: { is: [true] },
    }),
    given('index-economy', w('优秀城市指数：经济', 'City index: economy'), ''),
    given('index-politics', w('优秀城市指数：政治', 'City index: politics'), ''),
    given('index-culture', w('优秀城市指数：文化', 'City index: culture'), ''),
    given('index-society', w('优秀城市指数：社会', 'City index: society'), ''),
    given('index-ecology', w('优秀城市指数：生态', 'City index: ecology'), ''),
  ],
  rules: [
    rules.state(
      'exchange-failing',
      'medium',
      'exchange-job',
      'job-success',
      [false],
      { title: w('数据交换失败：{name}', 'Exchange job fails: {name}') },
      minutes(15),
    ),
    rules.beyond(
      'exchange-late',
      'low',
      'exchange-job',
      'job-late-minutes',
      { op: '>', value: 60 },
      { title: w('数据交换迟到 {value} 分钟：{name}', 'Exchange job {value} min late: {name}') },
    ),
  ],
};
