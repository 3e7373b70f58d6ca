/** Words that wall, console and login share. */
export default {
  brand: '陶都',
  product: '城市指挥中心',
  simulated: '模拟数据',
  language: '语言',
  camera: {
    online: '在线',
    offline: '离线',
    unknown: '未知',
  },
  tile: {
    starting: '连接中',
    live: '实时',
    delayed: '延迟',
    stalled: '停滞',
    suspect: '可疑',
    offline: '无画面',
    empty: '空',
  },
  connection: {
    connecting: '正在连接',
    live: '已连接',
    stale: '连接中断',
    incompatible: '版本不一致',
  },
  duration: {
    ms: '{n} 毫秒',
    s: '{n} 秒',
    min: '{n} 分钟',
    h: '{n} 小时',
    d: '{n} 天',
  },
};
