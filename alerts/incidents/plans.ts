import type { Words } from './incident-type.ts';

/** Who has to do a step. */
export type StepOwner = 'dispatcher' | 'commander' | 'department' | 'leader' | 'checker';

export interface PlanStep extends Words {
  readonly id: string;
  readonly owner: StepOwner;
  /** So many minutes after the plan came up; null: when there is time. */
  readonly dueMinutes: number | null;
  /** What shows that it was done. */
  readonly evidence: 'none' | 'note' | 'number' | 'photo';
}

/** A checklist in one version. What was published is never changed: a better one is another version, and a run goes on with its own. */
export interface Plan extends Words {
  readonly id: string;
  readonly version: number;
  readonly steps: readonly PlanStep[];
}

const step = (
  id: string,
  owner: StepOwner,
  dueMinutes: number | null,
  evidence: PlanStep['evidence'],
  zh: string,
  en: string,
): PlanStep => ({ id, owner, dueMinutes, evidence, zh, en });

const report = step('report-up', 'leader', 60, 'none', '按级别向上报告', 'Report upward as the level asks for');
const review = step('review', 'leader', null, 'note', '事后复盘要点', 'What to learn from it');
const cameras = step('cameras', 'dispatcher', 2, 'none', '调看现场摄像头', 'Look at it through the nearest cameras');

/** Every version that was ever published. `plans.test.ts` holds the print of each: one that is changed is noticed. */
export const plans: readonly Plan[] = [
  {
    id: 'traffic',
    version: 1,
    zh: '交通事件处置',
    en: 'Traffic',
    steps: [
      cameras,
      step('injured', 'dispatcher', 3, 'number', '核实伤亡人数', 'Ask how many are hurt'),
      step('hazard', 'dispatcher', 3, 'none', '确认有无危险品、漏油、起火', 'Dangerous goods, spilt fuel, fire?'),
      step('access', 'dispatcher', 5, 'none', '确认救援通道', 'Make sure that help can get there'),
      step('divert', 'commander', 15, 'none', '设置警戒并分流', 'Close off and divert'),
      step('publish', 'dispatcher', 20, 'none', '发布路况提示', 'Tell drivers'),
      step('clear', 'commander', null, 'photo', '清障并恢复通行', 'Clear the road and open it'),
    ],
  },
  {
    id: 'fire',
    version: 1,
    zh: '火灾处置',
    en: 'Fire',
    steps: [
      step('people', 'dispatcher', 1, 'number', '确认被困人数', 'How many are trapped'),
      cameras,
      step('burning', 'dispatcher', 2, 'note', '确认燃烧物和楼层', 'What burns, and on which floor'),
      step('utilities-off', 'dispatcher', 5, 'none', '联系切断燃气和电力', 'Have gas and power cut off'),
      step('water', 'dispatcher', 5, 'none', '联系供水加压，核对消火栓', 'Water pressure and hydrants'),
      step('evacuate', 'commander', 10, 'none', '疏散并警戒', 'Evacuate and close off'),
      step('wind', 'dispatcher', 10, 'none', '关注风向和下风向人员', 'Wind, and who is downwind'),
      step('after', 'commander', null, 'photo', '检查余火', 'Look for embers'),
      report,
      review,
    ],
  },
  {
    id: 'rescue',
    version: 1,
    zh: '抢险救援',
    en: 'Rescue',
    steps: [
      step('people', 'dispatcher', 1, 'number', '确认被困人数', 'How many are trapped'),
      step('danger', 'dispatcher', 3, 'none', '确认二次危险（坍塌、燃气、带电）', 'Further danger: collapse, gas, power'),
      cameras,
      step('medical', 'dispatcher', 5, 'none', '安排急救待命', 'Have an ambulance stand by'),
      step('closed-off', 'commander', 10, 'none', '现场警戒', 'Close off'),
      step('accounted', 'commander', null, 'number', '清点人员', 'Everybody accounted for'),
      report,
      review,
    ],
  },
  {
    id: 'medical',
    version: 1,
    zh: '医疗急救',
    en: 'Medical',
    steps: [
      step('awake', 'dispatcher', 1, 'note', '确认意识和呼吸', 'Awake? Breathing?'),
      step('instruct', 'dispatcher', 1, 'none', '电话指导急救', 'Tell the caller what to do'),
      step('door', 'dispatcher', 3, 'none', '确认门牌和接车人', 'Door, and who waits for the ambulance'),
      step('hospital', 'dispatcher', 15, 'note', '通知接收医院', 'Tell the hospital'),
    ],
  },
  {
    id: 'public-order',
    version: 1,
    zh: '治安事件处置',
    en: 'Public order',
    steps: [
      step('weapons', 'dispatcher', 1, 'note', '确认有无凶器', 'Weapons?'),
      cameras,
      step('injured', 'dispatcher', 3, 'number', '核实受伤人数', 'How many are hurt'),
      step('keep', 'dispatcher', 10, 'none', '固定视频证据', 'Keep the video'),
      step('calm', 'commander', null, 'none', '控制现场并疏导人群', 'Calm the place, let the crowd go'),
    ],
  },
  {
    id: 'flood',
    version: 1,
    zh: '防汛应急',
    en: 'Flood',
    steps: [
      step('depth', 'dispatcher', 5, 'number', '核实积水深度或水位', 'How deep, or which level'),
      cameras,
      step('call-and-answer', 'dispatcher', 10, 'none', '叫应下游村和责任人，确认收到', 'Call those downstream, until they answer'),
      step('close', 'commander', 15, 'none', '封闭下穿通道和涉水路段', 'Close underpasses and flooded roads'),
      step('evacuate', 'commander', 30, 'number', '转移危险区人员', 'Move people out of danger'),
      step('pumps', 'department', 30, 'none', '布置泵车和沙袋', 'Pumps and sandbags'),
      step('power', 'dispatcher', 15, 'none', '断开积水区电源', 'Power off where there is water'),
      report,
      step('stand-down', 'leader', null, 'note', '终止响应', 'End the response'),
      review,
    ],
  },
  {
    id: 'gas',
    version: 1,
    zh: '燃气泄漏处置',
    en: 'Gas leak',
    steps: [
      step('no-sparks', 'dispatcher', 1, 'none', '告知报警人：勿开关电器，撤到上风向', 'Tell the caller: no switches, go upwind'),
      step('valve', 'dispatcher', 5, 'none', '联系关阀', 'Have the valve closed'),
      step('evacuate', 'commander', 10, 'number', '疏散下风向人员', 'Evacuate downwind'),
      step('measure', 'commander', 20, 'number', '检测浓度', 'Measure'),
      step('traffic', 'commander', 15, 'none', '交通管制', 'Keep traffic away'),
      step('restore', 'department', null, 'note', '修复后恢复供气', 'Repair, and gas again'),
      report,
    ],
  },
  {
    id: 'utilities',
    version: 1,
    zh: '公用设施抢修',
    en: 'Utilities',
    steps: [
      step('extent', 'dispatcher', 10, 'number', '核实影响户数', 'How many are cut off'),
      step('isolate', 'department', 30, 'none', '关阀或断电隔离', 'Isolate'),
      step('safe', 'commander', 30, 'none', '现场围挡', 'Fence it off'),
      step('publish', 'dispatcher', 30, 'none', '发布停供通知', 'Tell the people'),
      step('important', 'dispatcher', 30, 'none', '核查医院学校等重要用户', 'Hospitals, schools and the like'),
      step('restore', 'department', null, 'note', '恢复供应', 'Supply again'),
    ],
  },
  {
    id: 'lift',
    version: 1,
    zh: '电梯困人救援',
    en: 'Trapped in a lift',
    steps: [
      step('calm', 'dispatcher', 2, 'note', '安抚被困人员，问清人数和身体状况', 'Calm them: how many, how are they'),
      step('lift-number', 'dispatcher', 3, 'note', '核对电梯编号', 'The number of the lift'),
      step('keeper', 'dispatcher', 3, 'none', '通知维保单位和物业', 'Tell its maintainer and the house'),
      step('free', 'commander', 30, 'number', '救出人数', 'How many were freed'),
      step('stopped', 'department', null, 'photo', '停梯检修', 'Stopped until it is mended'),
    ],
  },
  {
    id: 'environment',
    version: 1,
    zh: '环境事件处置',
    en: 'Environment',
    steps: [
      step('source', 'dispatcher', 30, 'note', '排查来源', 'Find where it comes from'),
      step('water-intake', 'dispatcher', 15, 'none', '通知下游取水口', 'Tell the intakes downstream'),
      step('sample', 'department', 60, 'number', '采样监测', 'Sample and measure'),
      step('stop', 'department', 60, 'none', '切断污染源', 'Stop it'),
      report,
      step('back-to-normal', 'checker', null, 'number', '复测达标', 'Measured again: within the standard'),
    ],
  },
  {
    id: 'case',
    version: 1,
    zh: '案件办理',
    en: 'Case',
    steps: [
      step('verify', 'checker', null, 'none', '核实上报内容', 'Is it as reported'),
      step('handle', 'department', null, 'photo', '处置并拍照反馈', 'Handle it, with a photo'),
      step('check', 'checker', null, 'photo', '现场核查', 'Check it on the spot'),
    ],
  },
  {
    id: 'illegal-building',
    version: 1,
    zh: '违法建设查处',
    en: 'Illegal building',
    steps: [
      step('verify', 'checker', null, 'photo', '现场核实并拍照', 'Look at it on the spot, with a photo'),
      step('stop-work', 'department', null, 'photo', '责令停止建设', 'Order the work to stop'),
      step('fine', 'department', null, 'note', '立案处罚', 'Fine'),
      step('demolish', 'department', null, 'photo', '拆除并恢复原状', 'Take it down and restore what was there'),
      step('check', 'checker', null, 'photo', '现场核查', 'Check it on the spot'),
    ],
  },
  {
    id: 'general',
    version: 1,
    zh: '一般事件处置',
    en: 'General',
    steps: [
      step('what', 'dispatcher', 5, 'note', '核实情况', 'Find out what it is'),
      cameras,
      step('who', 'dispatcher', 10, 'note', '确定责任单位', 'Whose it is'),
      report,
    ],
  },
];

/** The version that new incidents are bound to; null: there is no such plan. */
export function latestPlan(id: string): Plan | null {
  return plans
    .filter((plan) => plan.id === id)
    .reduce<Plan | null>((latest, plan) => (latest === null || plan.version > latest.version ? plan : latest), null);
}

/** A version that a run is bound to; undefined: this house never published it. */
export function planVersion(id: string, version: number): Plan | undefined {
  return plans.find((plan) => plan.id === id && plan.version === version);
}
