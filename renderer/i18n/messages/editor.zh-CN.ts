export default {
  title: '布局编辑器',
};
