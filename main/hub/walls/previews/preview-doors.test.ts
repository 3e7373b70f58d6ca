import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, builtPages, command, hubOptions, login, openLink, operator, startedHub, temporaryFolder, type Ask } from '../../hub-rig.ts';
import type { Hub } from '../../hub.ts';

// Previews through the door of a hub: who gets them, what is on record of it, and that they are nowhere else.

/** A text that is nowhere else in the hub; base64 of what begins like a JPEG. */
const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('a-picture-of-screen-one-qzx')]).toString('base64');
const folder = temporaryFolder('previews');
let hub: Hub;
let admin: string;
/** What the display of screen 1 comes with. */
let display: Ask;
let north: string;
let south: string;

const upsert = async (number: string, district: string) => {
  const camera = { number, name: number, district, source: { kind: 'file', url: 'clip:crossing.main' } };
  return (await command(hub.origin, 'camera.upsert', camera, { token: admin })).json.cameraId as string;
};
const show = (...cameras: string[]) => {
  const tiles = cameras.map((cameraId) => ({ panel: 'video', cameraId }));
  return command(
    hub.origin,
    'wall.show',
    { wallId: 'main', screenId: '1', scene: { kind: 'grid', rows: 1, cols: 2, tiles } },
    { token: admin },
  );
};
const report = (cameras: readonly string[], revision: number) =>
  command(
    hub.origin,
    'wall.report',
    {
      wallId: 'main',
      screenId: '1',
      shown: { revision, at: Date.now(), tiles: [] },
      preview: { at: Date.now(), revision, cameras, jpeg },
    },
    display,
  );
const look = (token: string, more: Ask = {}) => command(hub.origin, 'wall.preview', { wallId: 'main', screenId: '1' }, { token, ...more });
const watches = async (cameraId: string) => (await command(hub.origin, 'audit.watches', { cameraId }, { token: admin })).json.watches;
const audited = async () =>
  (await command(hub.origin, 'audit.search', { command: 'wall.preview' }, { token: admin })).json.rows as Record<string, unknown>[];

beforeAll(async () => {
  builtPages(folder.path);
  hub = await startedHub(hubOptions(folder.path));
  admin = await login(hub.origin);
  north = await upsert('N-1', '320282001');
  south = await upsert('S-1', '320282002');
  const { cookie } = await openLink(hub.wallLink('main', '1'));
  display = { token: cookie.slice(cookie.indexOf('=') + 1) };
}, 60_000);
afterAll(async () => {
  await hub.stop();
  folder.dispose();
});

test('a person who looks gets the picture and stands in the register once; nobody else gets it', async () => {
  const narrow = await operator(hub.origin, admin, 'narrow', { districts: ['320282001'], groups: '*' });
  const wide = await operator(hub.origin, admin, 'wide');
  const { revision } = (await show(north, south)).json;
  expect((await look(narrow)).json.error.code).toBe('out-of-scope');
  expect((await report([north], revision)).json, 'nobody who may has looked yet').toEqual({ previewWanted: false });
  expect((await look(wide)).json).toEqual({ picture: null });
  expect((await report([north, south], revision)).json).toEqual({ previewWanted: true });

  const key = { headers: { 'idempotency-key': 'the-same-question' } };
  for (let asked = 0; asked < 3; asked += 1) expect((await look(wide, key)).json.picture).toMatchObject({ revision, jpeg });
  const { at } = (await look(wide, key)).json.picture;
  await report([north, south], revision);
  expect((await look(wide, key)).json.picture.at, 'no answer is kept to be given again').not.toBe(at);
  for (const cameraId of [north, south]) expect(await watches(cameraId)).toMatchObject([{ actor: 'wide', kind: 'live', until: null }]);
  const rows = await audited();
  expect(rows.map(({ phase, actor }) => `${String(phase)} ${String(actor)}`)).toEqual(['close wide', 'open wide']);
  expect(rows[0]).toMatchObject({ args: { wallId: 'main', screenId: '1' }, after: { cameras: 2 }, outcome: 'ok' });
});

test('a screen that lags shows nobody what he may not see', async () => {
  const narrow = await operator(hub.origin, admin, 'lagged', { districts: ['320282001'], groups: '*' });
  const { revision } = (await show(north)).json;
  await look(narrow);
  // It should show the north alone by now; the picture is still of before.
  expect((await report([north, south], revision - 1)).json).toEqual({ previewWanted: true });
  expect((await look(narrow)).json.error.code).toBe('out-of-scope');
  await report([north], revision);
  expect((await look(narrow)).json.picture).toMatchObject({ revision });
  expect((await watches(south)).map(({ actor }: { actor: string }) => actor)).not.toContain('lagged');
});

test('a locked desk and a display look at no screen', async () => {
  const desk = await operator(hub.origin, admin, 'locked');
  expect((await look(desk)).status).toBe(200);
  await command(hub.origin, 'session.lock', {}, { token: desk });
  expect((await look(desk)).json.error.code).toBe('session-locked');
  expect((await command(hub.origin, 'wall.preview', { wallId: 'main', screenId: '1' }, display)).json.error.code).toBe('forbidden');
});

test('nothing of a picture is written anywhere, and it goes with the session of its display', async () => {
  expect((await look(admin)).json.picture).toMatchObject({ jpeg });
  const metric = async () => /^taodu_previews (\d+)$/m.exec((await ask(hub.origin, '/metrics', { token: admin })).text)?.[1];
  expect(await metric()).toBe('1');
  await command(hub.origin, 'wall.revoke', { wallId: 'main', screenId: '1' }, { token: admin });
  expect((await look(admin)).json).toEqual({ picture: null });
  expect(await metric()).toBe('0');
  const data = join(folder.path, 'data');
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(0);
  for (const { parentPath, name } of files) expect([name, readFileSync(join(parentPath, name)).includes(jpeg)]).toEqual([name, false]);
});
