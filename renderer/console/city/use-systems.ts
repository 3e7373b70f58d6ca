import { computed, type ComputedRef } from 'vue';
import type { CitySystem } from '../../../streams/feed-contract.ts';
import { currentLocale } from '../../i18n/index.ts';
import { useCollection } from '../../stores/hub.ts';

/** The city's systems, in the order of the plan, and what each is called in the page's language. */
export function useSystems(): {
  readonly systems: ComputedRef<readonly { readonly id: string; readonly name: string }[]>;
  nameOf(id: string): string;
} {
  const { items, version } = useCollection('systems', { fields: ['id', 'number', 'name'] });
  const nameIn = (name: CitySystem['name']) => (currentLocale.value === 'en' ? name.en : name.zh);
  const systems = computed(() => {
    void version.value;
    return [...items.values()].sort((a, b) => a.number - b.number).map(({ id, name }) => ({ id: id as string, name: nameIn(name) }));
  });
  const names = computed(() => new Map(systems.value.map(({ id, name }) => [id, name])));
  return { systems, nameOf: (id) => names.value.get(id) ?? id };
}
