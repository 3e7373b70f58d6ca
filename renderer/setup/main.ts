import { createApp } from 'vue';
import { i18n, text } from '../i18n/index.ts';
import '../theme/base.css';
import '../theme/controls.css';
import SetupPage from './SetupPage.vue';

document.title = `${text('setup.title')} · ${text('common.brand')}`;
createApp(SetupPage).use(i18n).mount('#app');
