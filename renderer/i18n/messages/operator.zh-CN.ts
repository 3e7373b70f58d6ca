export default {
  title: '操作员菜单',
};
