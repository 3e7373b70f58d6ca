import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PanelRef } from '../layouts/contract.ts';
import type { TrialTile } from '../renderer/panels/testdata/panel-trial.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { builtPanelPage, openPanelTrial, type OpenTrial } from './panel-trial.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openWall, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

describe.skipIf(chromiumPath === null)(`panels of the city${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });

  describe('over a hub, on a wall', () => {
    let hub: RunningHub;
    let wall: OpenPage;
    const tokens = new Map<string, string>();
    const push = async (feedId: string, body: object) => {
      const answer = await fetch(`${hub.listening}/api/feeds/${feedId}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens.get(feedId)}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(204);
    };
    const show = (...tiles: PanelRef[]) =>
      hub.command('wall.show', { wallId: 'main', screenId: '1', scene: { kind: 'grid', rows: 1, cols: tiles.length, tiles } });
    /** What is written in a panel, in one line, once it says so. */
    const says = (what: string, selector: string, words: RegExp, withinMs = 20_000) =>
      until(`${what}: ${words}`, withinMs, async () => {
        const written = (await wall.page.locator(selector).first().innerText({ timeout: 1000 })).replace(/\s+/g, ' ');
        return words.test(written) && written;
      });

    beforeAll(async () => {
      hub = await startHub({ demo: false });
      const mapping = {
        format: 'json',
        entity: { path: 'pump' },
        asset: { kind: { is: 'pump-station' }, name: { path: 'pump' } },
        values: [
          { path: 'state', quantity: 'state', type: 'text' },
          { path: 'level', quantity: 'tank-level' },
        ],
      };
      const feeds = [
        { id: 'parking', kind: 'indicator', system: 'traffic' },
        { id: 'pumps', kind: 'mapping', system: 'utilities', settings: { mapping } },
      ];
      for (const feed of feeds) tokens.set(feed.id, (await hub.command<{ token: string }>('feed.create', feed)).token);
      wall = await openWall(browser, hub, '1');
    });
    afterAll(async () => {
      await wall?.close();
      await hub?.stop();
    });

    test('the plan: a figure that a feed sends stands beside its target, and what nobody sent is unknown', async () => {
      await push('parking', [{ indicator: 'car-parks-connected', value: 73.5 }]);
      await show({ panel: 'plan', systems: ['traffic' as never] });
      const connected = '[data-indicator="traffic/car-parks-connected"]';
      expect(await says('the figure', connected, /73\.5/)).toMatch(/停车场联网率 ?73\.5 ?% 未达标 目标 > 80 % \d+ 秒前 parking/);
      expect(await says('the other figure', '[data-indicator="traffic/clear-time"]', /—/)).toContain('未知');
      await push('parking', [{ indicator: 'car-parks-connected', value: 91 }]);
      await says('the figure, changed', connected, /91 ?% 达标/);
    });

    test('alerts: what a rule raises is there at once', async () => {
      await show({ panel: 'alerts' });
      await says('quiet', '.alerts-panel', /没有需要处理的告警/);
      await push('pumps', { pump: '三号泵站', state: 'trip', level: 3.2 });
      expect(await says('the alert', '[data-alert]', /三号泵站/)).toMatch(/高 未确认/);
    });

    test('incidents and tasks: what is sent is there, how far it is, and not who called', async () => {
      const place = { lat: 31.36, lon: 119.82, district: '320282', text: '人民南路' };
      const { incidentId } = await hub.command<{ incidentId: string }>('incident.open', {
        type: 'fire.building',
        title: '居民楼火灾',
        level: 'II',
        place,
        report: { by: 'phone', text: '三楼冒烟', reporter: '赵女士', phone: '13800138000' },
      });
      const { unitId } = await hub.command<{ unitId: string }>('unit.upsert', {
        number: 'XF-1',
        name: '消防一中队',
        department: '消防',
        capabilities: ['fire-engine'],
        crew: 6,
        home: place,
      });
      await show({ panel: 'incidents' }, { panel: 'tasks' });
      await says('the incident', '[data-incident]', /居民楼火灾/);
      for (const event of ['accept', 'file']) await hub.command('incident.advance', { incidentId, event });
      const { taskId } = await hub.command<{ taskId: string }>('task.dispatch', { incidentId, unitId, title: '灭火' });
      await says('the task', '[data-task]', /消防一中队 已下达/);
      for (const state of ['accepted', 'enRoute']) await hub.command('task.report', { taskId, state });
      await says('the unit on its way', '[data-task]', /消防一中队 途中/);
      await says('the incident with its unit', '[data-incident]', /途中 1/);
      // The screen is given nothing of the caller, whatever it asks for.
      const [session] = (await wall.context.cookies()).filter(({ name }) => name.includes('wall'));
      const url = `${hub.listening}/api/collections/incidents`;
      const told = await (await fetch(url, { headers: { authorization: `Bearer ${session!.value}` } })).text();
      expect(told).toContain('居民楼火灾');
      expect(told).not.toMatch(/赵女士|三楼冒烟|13800138000/);
    });

    test('charts draw the past and what comes, under the policy of the page', async () => {
      await show(
        { panel: 'trend', series: [{ asset: 'pumps/三号泵站', quantity: 'tank-level' }], hours: 1 },
        { panel: 'gauge', of: { indicator: 'traffic/car-parks-connected' } },
      );
      await says('the level', '.trend-panel', /3\.2 ?m/);
      await until('both charts are drawn', 20_000, async () => (await wall.page.locator('[data-chart="drawn"] canvas').count()) === 2);
      await push('pumps', { pump: '三号泵站', state: 'trip', level: 3.45 });
      await says('the level, risen', '.trend-panel', /3\.45 ?m/);
      expect(await says('the gauge', '.gauge-panel', /91/)).toContain('达标');
      expect(wall.problems).toEqual([]);
    });

    test('a hub that is gone: every panel says of when it is, and goes on when the hub is back', async () => {
      process.kill(hub.pid, 'SIGSTOP');
      try {
        process.kill(await hub.child('hub.js'), 'SIGKILL');
        await says('the age', '.gauge-panel', /截至 \d\d:\d\d:\d\d/);
        await says('the age', '.trend-panel', /截至 \d\d:\d\d:\d\d/);
      } finally {
        process.kill(hub.pid, 'SIGCONT');
      }
      await until('nothing is old any more', 30_000, async () => {
        const written = await wall.page.locator('.gauge-panel').innerText({ timeout: 1000 });
        return !written.includes('截至') && written.includes('91');
      });
    });
  });

  describe('in a page of their own', () => {
    let trial: OpenTrial;
    let cdp: CDPSession;
    const place = { left: 0, top: 0, width: 480, height: 240 };
    const charts: TrialTile[] = [
      {
        ...place,
        panel: { panel: 'trend', series: [{ indicator: 'traffic/speed' }, { asset: 'w/1', quantity: 'water-level' }], hours: 24 },
      },
      { ...place, top: 240, panel: { panel: 'gauge', of: { indicator: 'traffic/speed' } } },
    ];
    /** What the page holds once what nobody needs was thrown away. */
    async function held() {
      await cdp.send('HeapProfiler.collectGarbage');
      const { nodes, jsEventListeners: listeners } = await cdp.send('Memory.getDOMCounters');
      const { usedSize } = await cdp.send('Runtime.getHeapUsage');
      return { ...(await trial.call('left')), nodes, listeners, heapMb: usedSize / 2 ** 20 };
    }

    beforeAll(async () => {
      trial = await openPanelTrial(browser, await builtPanelPage(), { width: 720, height: 480 });
      cdp = await trial.page.context().newCDPSession(trial.page);
      const name = { zh: '平均车速', en: 'Mean speed' };
      const now = Date.now();
      const more = { target: null, staleAfterSeconds: 600, at: now, source: null, ofSimulated: true };
      await trial.call('put', 'indicators', 'traffic/speed', { key: 'traffic/speed', name, unit: 'km/h', value: 38, ...more });
      const latest = { 'water-level': { value: 3.1, quality: 'good', flag: null, at: now, receivedAt: now } };
      await trial.call('put', 'assets', 'w/1', { id: 'w/1', name: '西氿闸', feedId: 'w', latest, simulated: true, drill: false });
      const wave = (base: number) => Array.from({ length: 200 }, (_, at) => [(200 - at) * 432_000, base + Math.sin(at / 9)] as const);
      await trial.call('history', { 'traffic/speed': wave(38), 'w/1 water-level': wave(3) });
    });

    test('charts are drawn under the policy of the hub, in both languages', async () => {
      await trial.call('show', charts);
      for (const [locale, word] of [
        ['zh-CN', '平均车速'],
        ['en', 'Mean speed'],
      ] as const) {
        await trial.call('locale', locale);
        await until(word, 10_000, async () => (await trial.page.locator('.trend-panel').innerText()).includes(word));
      }
      await until('lines on the canvas', 10_000, () =>
        trial.page.evaluate(() => {
          const canvas = document.querySelector<HTMLCanvasElement>('.trend-panel canvas');
          const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
          return pixels.filter((value, index) => index % 4 === 3 && value > 200).length > 2000;
        }),
      );
      expect(trial.problems).toEqual([]);
    });

    test('two hundred charts come and go, and nothing of them stays', async () => {
      const small = { width: 120, height: 100 };
      const many = Array.from({ length: 10 }, (_, at) =>
        charts.map(({ panel }, row) => ({ panel, ...small, left: at * 60, top: row * 120 })),
      ).flat();
      // The first ones leave what is made once: code, fonts, colours.
      await trial.call('churn', many, 1);
      const before = await held();
      expect(before).toMatchObject({ charts: 0, observers: 0, held: 0 });
      await trial.call('churn', many, 10);
      const after = await held();
      expect(after).toMatchObject({ charts: 0, observers: 0, held: 0 });
      expect(after.listeners).toBeLessThanOrEqual(before.listeners);
      // A few nodes are kept until the browser looks again; two hundred panels have thousands.
      expect(after.nodes - before.nodes).toBeLessThan(200);
      expect(after.heapMb - before.heapMb).toBeLessThan(3);
    });
  });
});
