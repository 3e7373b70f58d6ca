import { createApp } from 'vue';
import { i18n, text } from '../i18n/index.ts';
import { consoleAddress } from '../shell/console-address.ts';
import '../theme/base.css';
import '../theme/controls.css';
import Login from './Login.vue';

document.title = `${text('login.title')} · ${text('common.brand')}`;
createApp(Login, {
  onEntered: () => location.replace(consoleAddress('/console', location.search) + location.hash),
})
  .use(i18n)
  .mount('#app');
