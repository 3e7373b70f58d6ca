export default {
  title: '键控',
};
