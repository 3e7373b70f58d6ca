import { atLeast, given, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('public-safety');

export const publicSafety: SystemPack = {
  id: 'public-safety',
  number: 21,
  name: w('智慧公共安全 · 雪亮工程', 'Public safety: Sharp Eyes'),
  department: w('公安局', 'Public Security Bureau'),
  feeds: ['mapping', 'indicator'],
  indicators: [
    reckoned(
      'online',
      w('全时可用：在线率', 'Available at all times: online'),
      '%',
      { kind: 'cameras', what: 'online-share' },
      atLeast(98),
    ),
    reckoned('cameras', w('视频路数', 'Video streams'), '', { kind: 'cameras', what: 'count' }),
    reckoned(
      'covered',
      w('全域覆盖：有视频的镇街', 'Covered everywhere: districts with cameras'),
      '%',
      { kind: 'cameras', what: 'districts-covered-share' },
      atLeast(100),
    ),
    given('shared', w('全网共享率', 'Shared by all entitled'), '%', atLeast(100)),
    given('controllable', w('全程可控率', 'Controllable throughout'), '%', atLeast(100)),
  ],
  rules: [
    rules.state(
      'camera-lost',
      'medium',
      'camera-device',
      'online',
      [false],
      {
        title: w('摄像机失联：{name}', 'Camera lost: {name}'),
        advice: w('请检查供电与线路。', 'Check power and line.'),
      },
      minutes(2),
    ),
    rules.event('video-loss', 'medium', 'public-safety.video-loss', 'low', {
      title: w('视频丢失：{name}', 'Video lost: {name}'),
    }),
    rules.event('device-alarm', 'high', 'public-safety.device-alarm', 'medium', {
      title: w('前端设备报警：{name}', 'Device alarm: {name}'),
    }),
    rules.event('tamper', 'high', 'public-safety.tamper', 'low', {
      title: w('摄像机被破坏或遮挡：{name}', 'Camera tampered with: {name}'),
    }),
  ],
};
