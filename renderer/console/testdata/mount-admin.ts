import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { defineComponent, h, onScopeDispose, provide, ref } from 'vue';
import { hubKey } from '../../stores/hub.ts';
import { i18n } from '../../i18n/index.ts';
import { adminPages, type AdminPage } from '../admin/admin-pages.ts';
import AdminView from '../admin/AdminView.vue';
import { createDeskContext, deskProvision, type Who } from '../desk-context.ts';
import NoticeList from '../parts/NoticeList.vue';
import type { FakeHub } from './fake-hub.ts';

/** Opens one page of the administration over a fake hub, with the notices that the desk would show. `gone` are the pages it led to. */
export async function mountAdmin(hub: FakeHub, page: AdminPage): Promise<{ view: VueWrapper; gone: (AdminPage | null)[] }> {
  const pinia = createPinia();
  setActivePinia(pinia);
  const gone: (AdminPage | null)[] = [];
  const who = (await hub.client.command('session.who', {})) as Who;
  const Host = defineComponent({
    setup() {
      const context = createDeskContext(hub.client, ref(who) as never);
      provide(...deskProvision(context));
      onScopeDispose(() => context.directory.stop());
      const pages = adminPages.map(({ id }) => id);
      return () => [h(AdminView, { page, pages, hasDesk: true, onGo: (to: AdminPage | null) => void gone.push(to) }), h(NoticeList)];
    },
  });
  const view = mount(Host, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
  await flushPromises();
  return { view, gone };
}
