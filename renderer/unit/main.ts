import { createApp } from 'vue';
import { i18n, text } from '../i18n/index.ts';
import './unit.css';
import { openReportStore } from './report-store.ts';
import { createUnitDoor } from './unit-door.ts';
import UnitPage from './UnitPage.vue';

document.title = `${text('unit.title')} · ${text('common.brand')}`;
const token = /^\/unit\/([\w-]+)$/.exec(location.pathname)?.[1] ?? null;
const store = await openReportStore();
createApp(UnitPage, {
  door: createUnitDoor(),
  store,
  token,
  // Whoever looks at this phone afterwards, or is sent what its address bar says, has no link.
  entered: () => history.replaceState(null, '', '/unit'),
})
  .use(i18n)
  .mount('#app');
