/** What is monitored, by system code (HJ 212-2017 table 5 and its extensions). Sources differ on 35 to 39; each code is taken as the field uses it. */
export const systemCodes: Readonly<Record<string, string>> = {
  '21': '地表水质量监测',
  '22': '空气质量监测',
  '23': '声环境质量监测',
  '24': '地下水质量监测',
  '25': '土壤质量监测',
  '26': '海水质量监测',
  '27': '挥发性有机物监测',
  '31': '大气环境污染源',
  '32': '地表水体环境污染源',
  '33': '地下水体环境污染源',
  '34': '海洋环境污染源',
  '35': '土壤环境污染源',
  '36': '声环境污染源',
  '37': '振动环境污染源',
  '38': '放射性环境污染源',
  '39': '工地扬尘污染源',
  '41': '电磁环境污染源',
  '51': '烟气排放过程监控',
  '52': '污水排放过程监控',
  '91': '系统交互',
};

/**
 * What a packet is. `values`: measured values, which the platform acknowledges with 9014; `average` says that they are those of a stretch of time. `device`: how the equipment is;
 * `told`: a log or a list that holds no values; all three are acknowledged with 9014. `notice`: acknowledged with 9013. `answer`: an answer to the platform, which is not answered.
 */
export type CommandMeaning =
  | { readonly kind: 'values'; readonly average: boolean }
  | { readonly kind: 'device' | 'told' | 'notice' | 'answer' };

/** Command numbers that a device sends (HJ 212-2017 table 9). */
export const commandNumbers: ReadonlyMap<string, CommandMeaning> = new Map<string, CommandMeaning>([
  ['1011', { kind: 'told' }],
  ['1013', { kind: 'notice' }],
  ['1061', { kind: 'told' }],
  ['1063', { kind: 'told' }],
  ['2011', { kind: 'values', average: false }],
  ['2021', { kind: 'device' }],
  ['2031', { kind: 'values', average: true }],
  ['2041', { kind: 'told' }],
  ['2051', { kind: 'values', average: true }],
  ['2061', { kind: 'values', average: true }],
  ['2081', { kind: 'told' }],
  ['3015', { kind: 'told' }],
  ['3017', { kind: 'told' }],
  ['3018', { kind: 'told' }],
  ['3019', { kind: 'told' }],
  ['3020', { kind: 'told' }],
  ['3021', { kind: 'told' }],
  ['9011', { kind: 'answer' }],
  ['9012', { kind: 'answer' }],
  ['9013', { kind: 'answer' }],
  ['9014', { kind: 'answer' }],
  ['9015', { kind: 'notice' }],
]);

/** Numbers of the answers. */
export const answerNumbers = { request: '9011', result: '9012', notice: '9013', data: '9014' } as const;

/** What a device says of a value (HJ 212-2017 table 8; the digits are those of air stations of the 2005 edition). */
export const dataFlags = {
  N: 'normal',
  F: 'source-off',
  M: 'maintenance',
  S: 'set-by-hand',
  D: 'fault',
  C: 'calibration',
  T: 'over-range',
  B: 'communication-fault',
  P: 'power-fault',
  '0': 'calibration',
  '1': 'weather',
  '2': 'abnormal',
  '3': 'normal',
} as const;
export type DataFlag = keyof typeof dataFlags;
export type DataFlagMeaning = (typeof dataFlags)[DataFlag];

/** What a device's flag means; null: a letter that the table does not have. */
export const meaningOfFlag = (flag: string): DataFlagMeaning | null => {
  const letter = flag.toUpperCase();
  return Object.hasOwn(dataFlags, letter) ? dataFlags[letter as DataFlag] : null;
};

/** QnRtn: what became of a request (HJ 212-2017 table 6). */
export const requestReturns = {
  ready: 1,
  refused: 2,
  password: 3,
  device: 4,
  system: 5,
  flag: 6,
  number: 7,
  command: 8,
  checksum: 9,
  unknown: 100,
} as const;
export type RequestReturn = keyof typeof requestReturns;

/** ExeRtn: what became of its execution (HJ 212-2017 table 7). */
export const executionReturns = { done: 1, failed: 2, condition: 3, timeout: 4, busy: 5, fault: 6, 'no-data': 100 } as const;
export type ExecutionReturn = keyof typeof executionReturns;

/** RS: how a piece of equipment is (HJ 212-2017 table 8). */
export const runningStates: ReadonlyMap<string, string> = new Map([
  ['0', 'off'],
  ['1', 'running'],
  ['2', 'calibration'],
  ['3', 'maintenance'],
  ['4', 'alarm'],
  ['5', 'back-flush'],
]);
