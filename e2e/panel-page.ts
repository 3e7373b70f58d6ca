import { createApp, h, shallowRef, type Component } from 'vue';
import type { PanelRef } from '../layouts/contract.ts';
import { fontPx, leastArcMin } from '../layouts/legibility.ts';
import type { CollectionName } from '../main/contract/catalog.ts';
import { chartsAlive } from '../renderer/charts/chart-kit.ts';
import type { Connection } from '../renderer/hub-client/connection.ts';
import { createFakeHub } from '../renderer/hub-client/fake-hub.ts';
import { i18n, setLocale, type Locale } from '../renderer/i18n/index.ts';
import { panel as alerts } from '../renderer/panels/alerts/panel.ts';
import { panel as gauge } from '../renderer/panels/gauge/panel.ts';
import { panel as incidents } from '../renderer/panels/incidents/panel.ts';
import { panel as plan } from '../renderer/panels/plan/panel.ts';
import { panel as tasks } from '../renderer/panels/tasks/panel.ts';
import { panel as trend } from '../renderer/panels/trend/panel.ts';
import { hubKey } from '../renderer/stores/hub.ts';
import '../renderer/theme/base.css';

/** Not all there are: pictures would bring their painters along. */
const components = Object.fromEntries(
  [alerts, incidents, tasks, plan, trend, gauge].map(({ kind, component }) => [kind, component]),
) as Record<string, Component>;

/** A panel in its place, in CSS pixels of the page. */
export interface TrialTile {
  readonly panel: PanelRef;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Observers of sizes that observe; what else a page holds the browser counts. */
let observers = 0;
const { observe, disconnect } = ResizeObserver.prototype;
const observing = new WeakSet<ResizeObserver>();
ResizeObserver.prototype.observe = function (...args) {
  if (!observing.has(this)) observers += 1;
  observing.add(this);
  observe.apply(this, args);
};
ResizeObserver.prototype.disconnect = function () {
  if (observing.delete(this)) observers -= 1;
  disconnect.call(this);
};

const hub = createFakeHub();
const tiles = shallowRef<readonly TrialTile[]>([]);
const hanPx = shallowRef(fontPx(leastArcMin.han, { pixelPitchMm: 0.634, farthestSeatM: 6 }));
const place = document.createElement('div');
document.body.append(place);
const app = createApp({
  render: () =>
    tiles.value.map(({ panel, left, top, width, height }, index) =>
      h(
        'section',
        {
          key: `${index} ${JSON.stringify(panel)}`,
          'data-panel': panel.panel,
          style: {
            position: 'absolute',
            left: `${left}px`,
            top: `${top}px`,
            width: `${width}px`,
            height: `${height}px`,
            outline: '1px solid var(--c-line)',
          },
        },
        [
          h(components[panel.panel], {
            panel,
            tile: { tileId: `t${index}`, width, height, scale: 1, signPx: hanPx.value * 0.56, hanPx: hanPx.value },
          }),
        ],
      ),
    ),
});
app.use(i18n).provide(hubKey, hub).mount(place);

/** What panels have that must be given back. */
export interface Left {
  readonly observers: number;
  readonly charts: number;
  /** Subscriptions. */
  readonly held: number;
}

const collections: readonly CollectionName[] = ['alerts', 'incidents', 'tasks', 'units', 'systems', 'indicators', 'assets'];
const frame = () => new Promise<void>((done) => requestAnimationFrame(() => done()));

/** Panels over a hub that says what the test wants; called from the test. */
const trial = {
  show(next: readonly TrialTile[], han?: number) {
    if (han !== undefined) hanPx.value = han;
    tiles.value = next;
  },
  put(name: CollectionName, key: string, value: object | null) {
    hub.put(name, key, value);
  },
  /** What the hub kept of a value, by `<assetId> <quantity>` or `<system>/<indicator>`: so many ms ago. */
  history(kept: Readonly<Record<string, readonly (readonly [agoMs: number, value: number])[]>>) {
    hub.answers.set('history.read', (({ of, to }: { of: Record<string, string>; to: number }) => {
      const key = 'assetId' in of ? `${of['assetId']} ${of['quantity']}` : `${of['systemId']}/${of['indicator']}`;
      const points = (kept[key] ?? []).map(([agoMs, value]) => ({ at: to - agoMs, value, min: value, max: value, count: 1 }));
      return { points, since: points[0]?.at ?? null };
    }) as never);
  },
  connection(connection: Connection) {
    hub.setConnection(connection);
  },
  locale(locale: Locale) {
    setLocale(locale);
  },
  /** Shows and takes away so often, waiting until each chart has been drawn. */
  async churn(panels: readonly TrialTile[], times: number) {
    for (let round = 0; round < times; round += 1) {
      tiles.value = panels;
      await frame();
      while (document.querySelectorAll('[data-chart="drawn"]').length < panels.length) await frame();
      tiles.value = [];
      await frame();
    }
  },
  left(): Left {
    return {
      observers,
      charts: chartsAlive(),
      held: collections.reduce((sum, name) => sum + hub.held(name).length, 0),
    };
  },
};
export type PanelTrial = typeof trial;
Object.assign(globalThis, { panelTrial: trial });
