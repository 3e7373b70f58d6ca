import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Config } from '../../config/config.ts';
import type { Health } from '../../contract/operations.ts';
import type { ChangesMessage } from '../../contract/protocol.ts';
import { ask, command, connected, hubOptions, login, next, startedHub, subscribe, temporaryFolder } from '../hub-rig.ts';
import type { Hub } from '../hub.ts';

let folder: ReturnType<typeof temporaryFolder>;
const hubs: Hub[] = [];
beforeEach(() => {
  folder = temporaryFolder('operations');
});
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.stop();
  folder.dispose();
});

async function started(disk: Partial<Config['disk']> = {}) {
  const options = hubOptions(folder.path);
  const hub = await startedHub({ ...options, config: { ...options.config, disk: { ...options.config.disk, ...disk } } });
  hubs.push(hub);
  return { ...hub, token: await login(hub.origin) };
}

const camera = { number: 'GATE-1', name: 'GATE-1', district: '329982001', source: { kind: 'rtsp', url: 'rtsp://10.1.2.3/1' } };

/** Waits on the socket until an item of `health` is as wanted. */
async function healthIs(origin: string, token: string, id: string, state: string): Promise<Health> {
  const { socket, events } = await connected(origin, { token });
  try {
    const reply = await subscribe(socket, { id: 1, collection: 'health', selector: {} });
    if (!('kind' in reply) || reply.kind !== 'snapshot') throw new Error(JSON.stringify(reply));
    for (;;) {
      const more = next(socket, 'changes');
      const changed = events.flatMap(([name, message]) => (name === 'changes' ? (message as ChangesMessage).ops : []));
      const all = [...reply.items, ...changed.flatMap((op) => (op.op === 'put' ? [op.value] : []))] as unknown as Health[];
      const found = all.findLast((item) => item.id === id);
      if (found?.state === state) return found;
      await more;
    }
  } finally {
    socket.disconnect();
  }
}

test('on a full disk routine is refused with its code, the city is still shown, and health says so', async () => {
  const { origin, token } = await started({ warnMb: 1_000_000, stopMb: 1_000_000 });
  expect(await healthIs(origin, token, 'disk', 'failed')).toMatchObject({ code: 'disk-low', params: { reason: 'full' } });
  const refused = await command(origin, 'camera.upsert', camera, { token });
  expect([refused.status, refused.json.error.code]).toEqual([503, 'disk-low']);
  expect((await command(origin, 'camera.search', { text: '', limit: 1 }, { token })).status).toBe(200);
  expect((await command(origin, 'session.who', {}, { token })).status).toBe(200);
  expect(await login(origin)).toEqual(expect.any(String));
  const scene = { kind: 'grid', rows: 1, cols: 1, tiles: [null] };
  expect((await command(origin, 'wall.show', { wallId: 'main', screenId: '1', scene }, { token })).status).toBe(200);
  const metrics = await ask(origin, '/metrics', { token });
  expect(metrics.text).toMatch(/taodu_health\{item="disk"\} 3/);
  expect(metrics.text).toMatch(/taodu_disk_free_bytes \d+/);
});

test('backups are made and listed through the API, by administrators alone', async () => {
  const { origin, token } = await started({ warnMb: 1, stopMb: 1 });
  expect(await healthIs(origin, token, 'backup', 'ok')).toMatchObject({ code: null });
  const made = await command(origin, 'backup.create', {}, { token });
  expect([made.status, made.json]).toMatchObject([200, { name: expect.any(String) as string, bytes: expect.any(Number) as number }]);
  const listed = await command(origin, 'backup.list', {}, { token });
  expect(listed.json).toMatchObject({ backups: [made.json], nextAt: expect.any(Number) as number });
  expect((await command(origin, 'backup.list', {})).status).toBe(401);
});
