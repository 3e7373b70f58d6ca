export default {
  noPermission: '您没有查看此页的权限。',
  nav: {
    label: '页面',
    desk: '大屏',
    alerts: '告警',
    incidents: '事件',
    tasks: '任务',
    call: '接报',
  },
  help: {
    title: '事件处置',
    desk: '返回大屏',
    alerts: '告警',
    incidents: '事件',
    tasks: '任务与力量',
    call: '打开接报单（输入时也有效）',
  },
};
