import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { connectHub } from '../hub-client/hub-client.ts';
import { currentLocale, i18n } from '../i18n/index.ts';
import { fetchLostLetters } from '../i18n/lost-letters.ts';
import { consoleAddress } from '../shell/console-address.ts';
import { hubKey } from '../stores/hub.ts';
import '../theme/base.css';
import '../theme/controls.css';
import Console from './Console.vue';

const hub = connectHub({ session: 'console' });
createApp(Console, { onLeave: () => location.replace(consoleAddress('/login', location.search) + location.hash) })
  .use(i18n)
  .use(createPinia())
  .provide(hubKey, hub)
  .mount('#app');
fetchLostLetters(currentLocale.value);
