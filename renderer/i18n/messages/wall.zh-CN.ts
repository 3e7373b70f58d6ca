/** Words of the wall page and of its tiles and panels. */
export default {
  title: '{wall} · {screen}',
  liveCount: '{live} / {total} 路实时',
  hubTime: '中心时间',
  clockUnknown: '未校时',
  banner: {
    connecting: '正在连接中心……',
    cached: '正在连接中心 · 显示上次布局',
    stale: '与中心失去联系 · 显示最后布局',
    since: '自 {time} 起',
    incompatible: '页面与中心版本不一致，即将重新载入',
  },
  unknownWall: '中心没有编号为“{wall}”的大屏',
  unknownScreen: '大屏“{wall}”没有编号为“{screen}”的屏幕',
  waiting: '等待布局',
  tile: {
    since: '自 {time}',
    delayed: '画面延迟',
    stalled: '画面停滞',
    suspect: '画面可疑',
    fault: {
      'picture-frozen': '画面无变化',
      'picture-black': '画面全黑',
      'picture-covered': '镜头疑被遮挡',
    },
    transcoded: '转码',
    offline: '无画面',
    starting: '连接中',
    overBudget: '超出本屏解码预算',
    age: '{seconds} 秒',
  },
  panel: {
    health: {
      title: '摄像机在线情况',
      total: '共 {count} 路',
      counting: '正在统计……',
      refused: '无权查看摄像机目录',
    },
  },
};
