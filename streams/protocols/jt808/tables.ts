/** What a terminal sends (JT/T 808-2019 clause 8, and of JT/T 1078 what comes over the same connection). `ignored`: it says nothing of the city. */
export const terminalMessages: Readonly<Record<number, { readonly name: string; readonly use: 'session' | 'position' | 'ignored' }>> = {
  0x0001: { name: 'answer', use: 'ignored' },
  0x0002: { name: 'heartbeat', use: 'ignored' },
  0x0003: { name: 'log-out', use: 'ignored' },
  0x0004: { name: 'time-asked', use: 'ignored' },
  0x0005: { name: 'packets-asked', use: 'ignored' },
  0x0100: { name: 'register', use: 'session' },
  0x0102: { name: 'authenticate', use: 'session' },
  0x0104: { name: 'parameters', use: 'ignored' },
  0x0107: { name: 'attributes', use: 'ignored' },
  0x0108: { name: 'upgrade-result', use: 'ignored' },
  0x0200: { name: 'position', use: 'position' },
  0x0201: { name: 'position-asked', use: 'position' },
  0x0301: { name: 'event', use: 'ignored' },
  0x0302: { name: 'question-answer', use: 'ignored' },
  0x0303: { name: 'information', use: 'ignored' },
  0x0500: { name: 'vehicle-control', use: 'position' },
  0x0608: { name: 'areas', use: 'ignored' },
  0x0700: { name: 'recorder', use: 'ignored' },
  0x0701: { name: 'waybill', use: 'ignored' },
  0x0702: { name: 'driver', use: 'ignored' },
  0x0704: { name: 'positions', use: 'position' },
  0x0705: { name: 'can', use: 'ignored' },
  0x0800: { name: 'media-event', use: 'ignored' },
  0x0801: { name: 'media', use: 'ignored' },
  0x0802: { name: 'media-list', use: 'ignored' },
  0x0805: { name: 'shot', use: 'ignored' },
  0x0900: { name: 'pass-through', use: 'ignored' },
  0x0901: { name: 'compressed', use: 'ignored' },
  0x0a00: { name: 'key', use: 'ignored' },
  0x1003: { name: 'av-attributes', use: 'ignored' },
  0x1005: { name: 'passengers', use: 'ignored' },
  0x1205: { name: 'recordings', use: 'ignored' },
  0x1206: { name: 'upload-done', use: 'ignored' },
};

/**
 * A bit of the alarm word (JT/T 808-2019 table 24). `life`: `once` is set until the platform has answered, so that each record with it is an occurrence; `lasting` stands while it
 * is so.
 */
export interface AlarmBit {
  readonly name: string;
  readonly zh: string;
  readonly life: 'once' | 'lasting';
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  /** It becomes an event, not only a state. */
  readonly event: boolean;
}

const bit = (name: string, zh: string, life: AlarmBit['life'], severity: AlarmBit['severity'], event = false): AlarmBit => ({
  name,
  zh,
  life,
  severity,
  event,
});

export const alarmBits: Readonly<Record<number, AlarmBit>> = {
  0: bit('sos', '紧急报警', 'once', 'critical', true),
  1: bit('overspeed', '超速', 'lasting', 'medium'),
  2: bit('fatigue', '疲劳驾驶', 'lasting', 'medium'),
  3: bit('danger', '危险驾驶', 'once', 'high', true),
  4: bit('gnss-fault', 'GNSS 模块故障', 'lasting', 'low'),
  5: bit('antenna-open', 'GNSS 天线未接', 'lasting', 'low'),
  6: bit('antenna-short', 'GNSS 天线短路', 'lasting', 'low'),
  7: bit('power-low', '主电源欠压', 'lasting', 'low'),
  8: bit('power-off', '主电源掉电', 'lasting', 'medium'),
  9: bit('display-fault', '显示器故障', 'lasting', 'low'),
  10: bit('tts-fault', 'TTS 模块故障', 'lasting', 'low'),
  11: bit('camera-fault', '摄像头故障', 'lasting', 'low'),
  12: bit('card-fault', 'IC 卡模块故障', 'lasting', 'low'),
  13: bit('overspeed-warning', '超速预警', 'lasting', 'low'),
  14: bit('fatigue-warning', '疲劳驾驶预警', 'lasting', 'low'),
  18: bit('driving-too-long', '当天累计驾驶超时', 'lasting', 'medium'),
  19: bit('parking-too-long', '超时停车', 'lasting', 'low'),
  20: bit('area', '进出区域', 'once', 'medium', true),
  21: bit('route', '进出路线', 'once', 'medium', true),
  22: bit('route-time', '路段行驶时间不足或过长', 'once', 'low', true),
  23: bit('off-route', '路线偏离', 'lasting', 'high', true),
  24: bit('speed-sensor-fault', 'VSS 故障', 'lasting', 'low'),
  25: bit('fuel', '油量异常', 'lasting', 'medium'),
  26: bit('stolen', '车辆被盗', 'lasting', 'high', true),
  27: bit('ignition', '非法点火', 'once', 'high', true),
  28: bit('moved', '非法位移', 'once', 'high', true),
  29: bit('collision', '碰撞', 'lasting', 'critical', true),
  30: bit('rollover', '侧翻', 'lasting', 'critical', true),
  31: bit('door', '非法开门', 'once', 'high', true),
};

/** Bits of the status word (JT/T 808-2019 table 23) that are read. */
export const statusBits = { ignition: 0, fixed: 1, south: 2, west: 3, outOfService: 4, oilCut: 10, powerCut: 11, doorLocked: 12 } as const;

/** The numbers of a position's further items (JT/T 808-2019 table 27) that are read; each with its length. */
export const positionItems = {
  mileage: { id: 0x01, bytes: 4 },
  fuel: { id: 0x02, bytes: 2 },
  recorderSpeed: { id: 0x03, bytes: 2 },
  signals: { id: 0x25, bytes: 4 },
  rssi: { id: 0x30, bytes: 1 },
  satellites: { id: 0x31, bytes: 1 },
} as const;

/** What the platform answers with 8001. */
export const generalResults = { done: 0, failed: 1, wrong: 2, unsupported: 3, alarm: 4 } as const;
/** What it answers to a registration with 8100. */
export const registerResults = { done: 0, 'vehicle-registered': 1, 'no-vehicle': 2, 'terminal-registered': 3, 'no-terminal': 4 } as const;
