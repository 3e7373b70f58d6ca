import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/**
 * Who may import what. The first row whose `from` matches a file rules it; `may` are the prefixes (files, folders) inside the
 * house, `packages` the npm packages and Node modules (`node:*`). The compiler holds the platform half (tsconfig.pure.json
 * has neither Node nor DOM types); this holds the rest.
 */
const rules: readonly { from: RegExp; may: readonly string[]; packages: readonly RegExp[] }[] = [
  {
    from: /^main\/contract\/catalog\.ts$/,
    may: [
      'main/contract/',
      'streams/contract.ts',
      'streams/feed-contract.ts',
      'alerts/contract.ts',
      'alerts/incident-contract.ts',
      'layouts/contract.ts',
      'layouts/control-contract.ts',
      'layouts/alarm-contract.ts',
    ],
    packages: [],
  },
  { from: /^main\/contract\//, may: ['main/contract/'], packages: [/^(zod|gcoord)$/] },
  { from: /^main\/config\//, may: ['main/config/', 'main/contract/'], packages: [/^zod$/, /^yaml$/, /^node:/] },
  { from: /^main\/tls\//, may: ['main/tls/', 'main/config/', 'main/contract/'], packages: [/^node:/] },
  {
    from: /^(streams|alerts|layouts)\/((control|feed|incident|alarm)-)?contract\.ts$/,
    may: [
      'main/contract/',
      'streams/contract.ts',
      'layouts/contract.ts',
      'alerts/contract.ts',
      'streams/feeds/mapping/mapping-document.ts',
    ],
    packages: [/^zod$/],
  },
  // What a first start is told of the wall comes from outside.
  { from: /^layouts\/planned-wall\.ts$/, may: ['layouts/', 'main/contract/'], packages: [/^zod$/] },
  { from: /^layouts\//, may: ['layouts/', 'main/contract/'], packages: [] },
  // What rules are made of, and what they are told: the packs write them, what is known of the city is told to them. A system that sends no figure of its cases has them counted.
  {
    from: /^streams\/(systems|city)\//,
    may: ['streams/', 'main/contract/', 'alerts/rules/rule.ts', 'alerts/incident-contract.ts'],
    packages: [/^node:timers\/promises$/],
  },
  { from: /^streams\/watermark\//, may: ['streams/watermark/', 'main/contract/'], packages: [] },
  { from: /^streams\/(wire|lookup)\//, may: ['streams/wire/', 'streams/lookup/', 'streams/contract.ts', 'main/contract/'], packages: [] },
  { from: /^streams\/protocols\//, may: ['streams/protocols/', 'main/contract/'], packages: [] },
  {
    from: /^streams\/sources\/av\//,
    may: ['streams/', 'main/contract/', 'main/supervision/'],
    packages: [/^node:/, /^(zod|ws|pino|node-av)(\/|$)/],
  },
  {
    from: /^streams\/sources\/rtmp\//,
    may: ['streams/', 'main/contract/', 'main/supervision/'],
    packages: [/^node:/, /^(zod|ws|pino|node-media-server)(\/|$)/],
  },
  { from: /^streams\/feeds\/mqtt\//, may: ['streams/', 'main/contract/'], packages: [/^node:/, /^mqtt$/] },
  {
    from: /^streams\//,
    may: ['streams/', 'main/contract/', 'main/supervision/', 'main/tls/'],
    packages: [/^node:/, /^(zod|ws|pino|mediabunny)(\/|$)/],
  },
  { from: /^alerts\/receivers\//, may: ['alerts/', 'main/contract/'], packages: [/^node:/, /^(zod|undici)$/] },
  {
    from: /^alerts\//,
    may: ['alerts/', 'main/contract/', 'streams/contract.ts', 'streams/feed-contract.ts', 'layouts/contract.ts'],
    packages: [/^zod$/],
  },
  { from: /^main\/supervision\//, may: ['main/supervision/', 'main/contract/'], packages: [/^node:/, /^pino$/] },
  {
    // The first start makes what the hub then finds: it knows the hub's own words for it, and nothing that opens the ledger.
    from: /^main\/launch\/setup\//,
    may: [
      'main/launch/',
      'main/supervision/',
      'main/config/',
      'main/contract/',
      'main/hub/first-start.ts',
      'main/hub/hub-start.ts',
      'main/hub/accounts/first-administrator.ts',
      'main/hub/accounts/password-policy.ts',
      'main/hub/ledger/folder-reason.ts',
      'main/hub/ledger/durable-file.ts',
      'main/hub/gateway/http-server.ts',
      'main/hub/gateway/own-origins.ts',
      'main/hub/gateway/plain-page.ts',
      'main/hub/gateway/security-headers.ts',
      'layouts/',
    ],
    packages: [/^node:/, /^(pino|zod|yaml|fastify|@fastify\/static)$/],
  },
  {
    from: /^main\/launch\//,
    may: [
      'main/launch/',
      'main/supervision/',
      'main/tls/',
      'main/config/',
      'main/contract/',
      'main/hub/hub-start.ts',
      'main/hub/ledger/durable-file.ts',
      'streams/media/media-relay.ts',
      'streams/media/workers/worker-protocol.ts',
      'layouts/',
    ],
    packages: [/^node:/, /^pino$/],
  },
  {
    from: /^main\/tools\//,
    may: ['main/tools/', 'main/launch/operator-key.ts', 'main/hub/', 'main/config/', 'main/contract/', 'main/supervision/'],
    packages: [/^node:/, /^(zod|better-sqlite3|pino|@peculiar\/x509)(\/|$)/],
  },
  {
    from: /^main\/packaging\//,
    may: ['main/packaging/'],
    packages: [/^node:/, /^(@electron\/asar|@electron\/fuses|ajv|yaml)$/],
  },
  {
    from: /^main\/electron\//,
    may: ['main/electron/', 'main/launch/', 'main/supervision/', 'main/tls/', 'main/config/', 'main/contract/', 'layouts/'],
    packages: [/^node:/, /^electron(\/|$)/, /^pino$/, /^zod$/],
  },
  {
    from: /^main\/hub\//,
    may: [
      'main/hub/',
      'streams/feeds/journal.ts',
      'main/config/',
      'main/contract/',
      'main/supervision/',
      'main/tls/',
      'streams/index.ts',
      'streams/contract.ts',
      'alerts/index.ts',
      'alerts/contract.ts',
      'alerts/incident-contract.ts',
      'streams/feed-contract.ts',
      'streams/feeds/journal.ts',
      'layouts/',
      'streams/media/media-relay.ts',
    ],
    packages: [/^node:/, /^(zod|fastify|pino|better-sqlite3|socket\.io|socket\.io-parser|prom-client|@fastify\/static)(\/|$)/],
  },
  {
    // Drafts and layouts as text come from outside: they are read and checked like everything that does.
    from: /^renderer\/console\/editor\/(drafts|layout-yaml)\.ts$/,
    may: ['renderer/', 'main/contract/', 'streams/contract.ts', 'layouts/'],
    packages: [/^(vue|zod|yaml)$/],
  },
  {
    // There is no hub yet: this page talks to the launcher.
    from: /^renderer\/setup\//,
    may: ['renderer/', 'main/contract/', 'layouts/', 'main/launch/setup/contract.ts'],
    packages: [/^(vue|vue-i18n)$/, /^@fontsource-variable\/noto-sans-sc/],
  },
  {
    // What draws charts is known to one folder, so that pages without charts do not carry it.
    from: /^renderer\/charts\//,
    may: ['renderer/', 'main/contract/'],
    packages: [/^vue$/, /^echarts\//],
  },
  {
    from: /^renderer\//,
    may: [
      'renderer/',
      'main/contract/',
      'streams/contract.ts',
      'alerts/contract.ts',
      'alerts/incident-contract.ts',
      // What may be done with an incident is asked of the functions that decide it.
      'alerts/incidents/',
      'alerts/timers/',
      'streams/feed-contract.ts',
      // A table of words and units, and nothing else.
      'streams/systems/quantities.ts',
      'layouts/',
      'streams/wire/',
      'streams/lookup/',
      'streams/watermark/',
    ],
    packages: [
      /^(vue|pinia|vue-i18n|hls\.js|socket\.io-client|uqr|yaml)(\/|$)/,
      /^@tanstack\/vue-virtual$/,
      /^@fontsource-variable\/noto-sans-sc/,
    ],
  },
];

interface Import {
  readonly file: string;
  readonly target: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|vue)$/.test(entry.name) && !/\.(test|d)\.ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !isBesideTheProduct(file));
}

/** Test set-ups and the clip maker live in the rooms but are never part of the product. */
const isBesideTheProduct = (file: string) =>
  /(^|\/)testdata\/|\/(hub-rig|fake-hub|manual-clock)\.ts$/.test(file) || file.startsWith('streams/demo-city/clips/');

function importsOf(file: string): Import[] {
  const code = readFileSync(join(root, file), 'utf8');
  const found = code.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  );
  return [...found].map((match) => ({ file, target: (match[1] ?? match[2] ?? match[3])! }));
}

function complaint({ file, target }: Import): string | null {
  const rule = rules.find((row) => row.from.test(file));
  if (!rule) return `${file} lies in no room`;
  const inside = target.startsWith('.');
  const plain = target.split('?')[0]!;
  const resolved = inside ? normalize(join(dirname(file), plain)).replaceAll('\\', '/') : plain;
  const allowed = inside ? rule.may.some((prefix) => resolved.startsWith(prefix)) : rule.packages.some((pattern) => pattern.test(resolved));
  return allowed ? null : `${file} may not import ${resolved}`;
}

test('every import stays within what its room may know', () => {
  const files = ['main', 'streams', 'alerts', 'layouts', 'renderer'].flatMap(sources);
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap(importsOf).map(complaint).filter(Boolean)).toEqual([]);
});

test.each([
  ['renderer/wall/WallScreen.vue', 'node:fs'],
  ['renderer/console/Console.vue', '../../main/hub/hub.ts'],
  ['layouts/solve.ts', 'node:path'],
  ['streams/wire/fetch-record.ts', 'ws'],
  ['streams/media/relay.ts', '../../main/hub/hub.ts'],
  ['streams/media/relay.ts', 'node-av'],
  ['streams/sources/rtsp/rtsp-source.ts', 'node-media-server'],
  ['main/hub/hub.ts', 'electron'],
  ['main/launch/city.ts', '../hub/hub.ts'],
  ['main/contract/ids.ts', '../../streams/contract.ts'],
])('%s importing %s is noticed', (file, target) => {
  expect(complaint({ file, target })).not.toBeNull();
});

test('no file is named for nothing in particular', () => {
  const vague = ['main', 'streams', 'alerts', 'layouts', 'renderer']
    .flatMap(sources)
    .filter(
      (file) => /(^|[/-])(utils?|helpers?|manager|common|misc)\.(ts|vue)$/i.test(file) && !file.startsWith('renderer/i18n/messages/'),
    );
  expect(vague).toEqual([]);
});
