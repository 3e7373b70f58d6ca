import { stringify } from 'yaml';
import { configSchema } from '../../config/config.ts';

/** `taodu.yaml` of a new city: only what differs from the defaults. */
export function setupConfig({ locale, port }: { readonly locale: 'zh-CN' | 'en'; readonly port: number | null }): string {
  const usual = configSchema.parse({});
  const chosen = {
    ...(locale === usual.locale ? {} : { locale }),
    ...(port === null || port === usual.hub.port ? {} : { hub: { port } }),
  };
  const head = '# Written at the first start: what differs from the defaults. main/config/config.reference.yaml shows every key.\n';
  return Object.keys(chosen).length === 0 ? head : head + stringify(chosen);
}
