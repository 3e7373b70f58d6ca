export default {
  hold: { title: '占用屏幕' },
  preset: { title: '预案' },
  coverage: { title: '全覆盖轮巡' },
};
