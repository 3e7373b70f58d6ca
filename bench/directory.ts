import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { startChromium } from '../e2e/chromium.ts';
import { startHub, until, type RunningHub } from '../e2e/start-hub.ts';
import { openPage } from '../e2e/wall-page.ts';
import type { Camera } from '../streams/contract.ts';
import { demoCity } from '../streams/demo-city/demo-city.ts';
import { CameraLookup } from '../streams/lookup/camera-lookup.ts';
import { PinyinInitials } from '../streams/lookup/pinyin-initials.ts';
import { measureCpu } from './cpu-meter.ts';
import { atMost, percentile, printReport, type Goal } from './report.ts';

/**
 * The camera directory with 30,000 and 100,000 cameras: from the start of the process to the first answered search, and what a
 * keystroke costs. Peer, in the same run: the same cameras and keystrokes in SQLite, FTS5 with the trigram tokenizer.
 */
const rounds = 3;
const goalSize = 30_000;
const largeSize = 100_000;

interface Figures {
  readonly ours: Readonly<Record<string, unknown>>;
  readonly peer?: Readonly<Record<string, unknown>>;
  readonly ratio?: Readonly<Record<string, number | null>>;
  readonly goals?: readonly Goal[];
}

const rounded = (value: number | null) => (value === null ? null : Math.round(value * 100) / 100);

const search = async (hub: RunningHub, text: string) =>
  hub.command<{ cameras: Camera[]; total: number }>('camera.search', { text, limit: 50 });

/** Starts the product as its users do, on a data folder that already holds the cameras, and asks it for one. */
async function startToSearch(): Promise<Figures> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'taodu-directory-'));
  const withHub = async <T>(work: (hub: RunningHub) => Promise<T>): Promise<T> => {
    const hub = await startHub({ demo: true, dataFolder });
    try {
      return await work(hub);
    } finally {
      await hub.stop(true);
    }
  };
  const logins: number[] = [];
  const usableMs = async (size: number): Promise<number[]> => {
    const samples: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      samples.push(
        await withHub(async (hub) => {
          // A console that comes back has its session: the login, whose hash is slow on purpose, is told apart.
          logins.push(hub.loginMs);
          const from = performance.now();
          const { total } = await search(hub, 'DS');
          const took = hub.startedMs + performance.now() - from;
          if (total !== size) throw new Error(`the hub found ${total} of ${size} cameras`);
          return took;
        }),
      );
    }
    return samples;
  };
  try {
    await withHub(async (hub) => until('the demo city', 60_000, async () => (await search(hub, 'DS')).total === goalSize));
    const usable = await usableMs(goalSize);
    const rows = Array.from(
      { length: largeSize - goalSize },
      (_, index) => `DS90-${index},陶源路与滨湖大道路口${index},329982001,file,clip:crossing.sub`,
    );
    const importMs = await withHub(async (hub) => {
      const from = performance.now();
      await hub.command('camera.import', { format: 'csv', text: `number,name,district,kind,url\n${rows.join('\n')}` });
      return performance.now() - from;
    });
    const usableLarge = await usableMs(largeSize);
    const worst = Math.max(...usable);
    return {
      ours: {
        start_to_search_ms_30k: usable.map(Math.round),
        start_to_search_ms_100k: usableLarge.map(Math.round),
        login_p50_ms: Math.round(percentile(logins, 0.5) ?? 0),
        import_70k_rows_ms: Math.round(importMs),
      },
      goals: [atMost('start_to_search_ms_30k_worst', 2000, worst)],
    };
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

/** What somebody types, letter by letter, with a few taken back: Chinese, initials, numbers, aliases, several words, nothing found. */
const typed = [
  '陶源路',
  '滨湖大道 东向',
  '小学',
  'DS07-00123',
  '3299820104',
  '停车场 入口 新',
  '水闸上游',
  '路',
  '12',
  '没有这个',
  'tyl',
  'bhdd dx',
];

function keystrokes(): string[] {
  return typed.flatMap((text) => {
    const forward = Array.from(text, (_, index) => text.slice(0, index + 1));
    return [...forward, text.slice(0, -1), text];
  });
}

function keystrokeMs(ask: (text: string) => number): { readonly samples: number[]; readonly totals: number[] } {
  const samples: number[] = [];
  const totals: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const text of keystrokes()) {
      const from = performance.now();
      totals.push(ask(text));
      samples.push(performance.now() - from);
    }
  }
  return { samples, totals };
}

const pinyin = new PinyinInitials();

/** What both search in; SQLite gets the initials ready-made. */
function foldedText({ number, name, aliases }: Camera): string {
  const folded = name.normalize('NFKC').toLowerCase();
  return [number, folded, ...aliases.map(({ value }) => value), ...pinyin.of(folded)].join('\n').toLowerCase();
}

/** The directory's own index beside SQLite's, on the same cameras and keystrokes; both must find the same number. */
function keystrokeInProcess(size: number): Figures {
  const { cameras } = demoCity([], size);
  const buildFrom = performance.now();
  const lookup = new CameraLookup();
  for (const { id, number, name, aliases } of cameras) lookup.put({ id, number, name, aliases: aliases.map(({ value }) => value) });
  lookup.search('', 1);
  const buildMs = performance.now() - buildFrom;
  const ours = keystrokeMs((query) => lookup.search(query, 50).total);

  const database = new Database(':memory:');
  const peerFrom = performance.now();
  database.exec(`CREATE VIRTUAL TABLE camera USING fts5(number, text, tokenize = 'trigram')`);
  const insert = database.prepare('INSERT INTO camera (number, text) VALUES (?, ?)');
  database.transaction(() => cameras.forEach((camera) => insert.run(camera.number, foldedText(camera))))();
  const peerBuildMs = performance.now() - peerFrom;
  const peer = keystrokeMs((query) => {
    const words = query.toLowerCase().split(' ').filter(Boolean);
    const where = words.map(() => 'text LIKE ?').join(' AND ') || '1';
    const patterns = words.map((word) => `%${word}%`);
    database.prepare(`SELECT rowid FROM camera WHERE ${where} ORDER BY number LIMIT 50`).all(...patterns);
    return (database.prepare(`SELECT count(*) AS total FROM camera WHERE ${where}`).get(...patterns) as { total: number }).total;
  });
  database.close();
  if (ours.totals.join() !== peer.totals.join()) throw new Error('the two searches do not find the same cameras');

  const label = `${size / 1000}k`;
  const p95 = percentile(ours.samples, 0.95);
  const peerP95 = percentile(peer.samples, 0.95);
  return {
    ours: {
      [`keystroke_p50_ms_${label}`]: rounded(percentile(ours.samples, 0.5)),
      [`keystroke_p95_ms_${label}`]: rounded(p95),
      [`index_build_ms_${label}`]: Math.round(buildMs),
    },
    peer: {
      [`keystroke_p50_ms_${label}`]: rounded(percentile(peer.samples, 0.5)),
      [`keystroke_p95_ms_${label}`]: rounded(peerP95),
      [`index_build_ms_${label}`]: Math.round(peerBuildMs),
    },
    ratio: { [`keystroke_p95_${label}`]: p95 !== null && peerP95 !== null ? rounded(p95 / peerP95) : null },
  };
}

/** The console on 30,000 cameras in a real browser: what a keystroke costs in the page, and a district that loses its network. */
async function onThePage(): Promise<Figures> {
  const hub = await startHub({ demo: true });
  const browser = await startChromium();
  try {
    await until('the demo city', 60_000, async () => (await search(hub, 'DS')).total === goalSize);
    const opening = performance.now();
    const { page } = await openPage(browser, hub.login!);
    const box = page.locator('input[type="search"], [role="searchbox"], [role="combobox"]').first();
    const found = () => page.evaluate(() => performance.getEntriesByName('taodu:search').length);
    await until('the directory in the page', 60_000, async () => {
      await box.fill('DS07-00123');
      return (await page.getByText('DS07-00123').count()) > 0;
    });
    const openMs = performance.now() - opening;
    const cpuSince = await measureCpu(hub);
    await page.evaluate(() => performance.clearMeasures('taodu:search'));
    for (const text of typed) {
      await box.fill('');
      for (const letter of text) {
        const before = await found();
        await box.press('End');
        await page.keyboard.insertText(letter);
        await until('the result of a keystroke', 5000, async () => (await found()) > before);
      }
    }
    const keys = await page.evaluate(() =>
      performance.getEntriesByName('taodu:search').map((entry) => (entry as PerformanceMeasure).detail as { workMs: number }),
    );
    const work = keys.map(({ workMs }) => workMs);

    await box.fill('');
    const bursts: number[] = [];
    let changed = 0;
    for (const active of [true, false, true]) {
      await page.evaluate(() => performance.clearMeasures('taodu:status-burst'));
      const sentAt = Date.now();
      ({ changed } = await hub.command<{ changed: number }>('demo.story', { story: 'district-offline', district: '329982001', active }));
      bursts.push(
        await until('the burst on screen', 20_000, async () => {
          const [taken, end] = await page.evaluate(() => {
            const entries = performance.getEntriesByName('taodu:status-burst') as PerformanceMeasure[];
            const last = entries.at(-1);
            return [
              entries.reduce((sum, entry) => sum + (entry.detail as { cameras: number }).cameras, 0),
              last ? performance.timeOrigin + last.startTime + last.duration : 0,
            ];
          });
          return taken! >= changed * 0.99 ? end! - sentAt : null;
        }),
      );
    }
    const status = readFileSync(`/proc/${await hub.child('hub.js')}/status`, 'utf8');
    const hubMb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    return {
      ours: {
        console_open_to_first_search_ms: Math.round(openMs),
        page_keystroke_p50_ms: rounded(percentile(work, 0.5)),
        page_keystroke_p95_ms: rounded(percentile(work, 0.95)),
        burst_changes: changed,
        burst_on_screen_ms: bursts.map(Math.round),
        hub_rss_mb: Math.round(hubMb),
        ...(await cpuSince()),
      },
      goals: [
        atMost('page_keystroke_p95_ms', 16, percentile(work, 0.95)),
        atMost('burst_of_3000_on_screen_worst_ms', 1000, changed >= 3000 ? Math.max(...bursts) : null),
        atMost('hub_rss_mb', 400, hubMb),
      ],
    };
  } finally {
    await browser.close();
    await hub.stop();
  }
}

const parts: Figures[] = [keystrokeInProcess(goalSize), keystrokeInProcess(largeSize), await startToSearch(), await onThePage()];
printReport({
  bench: 'directory',
  ours: Object.assign({}, ...parts.map((part) => part.ours)) as Record<string, unknown>,
  peer: {
    name: 'SQLite FTS5 trigram, in memory',
    ...(Object.assign({}, ...parts.map((part) => part.peer ?? {})) as Record<string, unknown>),
  },
  ratio: Object.assign({}, ...parts.map((part) => part.ratio ?? {})) as Record<string, number | null>,
  goals: parts.flatMap((part) => part.goals ?? []),
});
