import { createApp, h, shallowRef, type Component } from 'vue';
import { fontPx, leastArcMin } from '../../../layouts/legibility.ts';
import type { CollectionName } from '../../../main/contract/catalog.ts';
import { chartsAlive } from '../../charts/chart-kit.ts';
import { createFakeHub } from '../../hub-client/fake-hub.ts';
import { i18n, setLocale } from '../../i18n/index.ts';
import { panel as alerts } from '../alerts/panel.ts';
import { panel as gauge } from '../gauge/panel.ts';
import { panel as incidents } from '../incidents/panel.ts';
import { panel as plan } from '../plan/panel.ts';
import { panel as tasks } from '../tasks/panel.ts';
import { panel as trend } from '../trend/panel.ts';
import { hubKey } from '../../stores/hub.ts';
import '../../theme/base.css';
import type { PanelTrial, TrialTile } from './panel-trial.ts';

/** Not all there are: pictures would bring their painters along. */
const components = new Map<string, Component>(
  [alerts, incidents, tasks, plan, trend, gauge].map(({ kind, component }) => [kind, component]),
);

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
          h(components.get(panel.panel)!, {
            panel,
            tile: { tileId: `t${index}`, width, height, scale: 1, signPx: hanPx.value * 0.56, hanPx: hanPx.value },
          }),
        ],
      ),
    ),
});
app.use(i18n).provide(hubKey, hub).mount(place);

const collections: readonly CollectionName[] = ['alerts', 'incidents', 'tasks', 'units', 'systems', 'indicators', 'assets'];
const frame = () => new Promise<void>((done) => requestAnimationFrame(() => done()));

const trial: PanelTrial = {
  show(next, han) {
    if (han !== undefined) hanPx.value = han;
    tiles.value = next;
  },
  put(name, key, value) {
    hub.put(name, key, value);
  },
  history(kept) {
    hub.answers.set('history.read', (({ of, to }: { of: Record<string, string>; to: number }) => {
      const key = 'assetId' in of ? `${of['assetId']} ${of['quantity']}` : `${of['systemId']}/${of['indicator']}`;
      const points = (kept[key] ?? []).map(([agoMs, value]) => ({ at: to - agoMs, value, min: value, max: value, count: 1 }));
      return { points, since: points[0]?.at ?? null };
    }) as never);
  },
  connection(connection) {
    hub.setConnection(connection);
  },
  locale(locale) {
    setLocale(locale);
  },
  async churn(panels, times) {
    for (let round = 0; round < times; round += 1) {
      tiles.value = panels;
      await frame();
      for (let frames = 0; document.querySelectorAll('[data-chart="drawn"]').length < panels.length; frames += 1) {
        if (frames > 1000) throw new Error('a chart was never drawn');
        await frame();
      }
      tiles.value = [];
      await frame();
    }
  },
  left() {
    return {
      observers,
      charts: chartsAlive(),
      held: collections.reduce((sum, name) => sum + hub.held(name).length, 0),
    };
  },
};
Object.assign(globalThis, { panelTrial: trial });
