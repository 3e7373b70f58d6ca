export default {
  title: '交接班',
};
