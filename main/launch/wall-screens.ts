import type { ScreenPlace } from '../../layouts/displays.ts';
import { wallsCollection } from '../../layouts/contract.ts';
import type { Log } from '../contract/log.ts';
import type { Clock } from '../contract/time.ts';
import { backoffMs } from '../supervision/backoff.ts';
import { askHub } from './ask-hub.ts';
import type { City } from './city.ts';

/** No screen: the session of this link looks the wall up, is never shown, and ends at once. */
const observer = 'launcher';
const timeoutMs = 10_000;

/** The hub answers, and has no such wall. */
export class NoSuchWall extends Error {
  constructor(wallId: string) {
    super(`the hub has no wall ${wallId}`);
  }
}

/**
 * The screens of a wall, as soon as the hub tells them: a computer that has just started has more to do than to answer within seconds. Null: there is no
 * such wall. Rejects when `over` aborts.
 */
export async function awaitWallScreens(
  city: Pick<City, 'listening' | 'tls' | 'wallLink'>,
  wallId: string,
  { clock, log, over }: { readonly clock: Clock; readonly log: Log; readonly over: AbortSignal },
): Promise<readonly ScreenPlace[] | null> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await readWallScreens(city, wallId);
    } catch (error) {
      over.throwIfAborted();
      if (error instanceof NoSuchWall) {
        log.error({ wallId }, error.message);
        return null;
      }
      log.warn({ err: error, wallId }, 'the hub did not say which screens the wall has, asking again');
    }
    await clock.sleep(backoffMs(attempt, { firstMs: 500, capMs: 10_000 }), over);
  }
}

/**
 * The screens of a wall and where they are, for whoever opens windows for them. It asks the hub like any other client: the
 * launcher knows no product logic and has no door of its own. Rejects when the hub does not answer, with `NoSuchWall` when it has none.
 */
export async function readWallScreens(city: Pick<City, 'listening' | 'tls' | 'wallLink'>, wallId: string): Promise<readonly ScreenPlace[]> {
  const signal = AbortSignal.timeout(timeoutMs);
  const { pathname, search } = new URL(await city.wallLink(wallId, observer));
  const opened = await askHub(city, `${pathname}${search}`, { signal });
  const token = /^[^=;]+=([^;]+)/.exec(opened.headers['set-cookie']?.[0] ?? '')?.[1];
  if (token === undefined) throw new Error(`the hub opened no session for wall ${wallId} (HTTP ${opened.status})`);
  const headers = { authorization: `Bearer ${token}` };
  try {
    const answer = await askHub(city, `/api/collections/${wallsCollection.name}?limit=100`, { headers, signal });
    if (answer.status !== 200) throw new Error(`the hub did not tell its walls (HTTP ${answer.status})`);
    const { items } = JSON.parse(answer.text) as { items: unknown[] };
    const wall = items.map((item) => wallsCollection.entity.parse(item)).find((candidate) => candidate.id === wallId);
    if (!wall) throw new NoSuchWall(wallId);
    return wall.screens.map(({ id, name, rect }) => ({ id, name, rect }));
  } finally {
    await askHub(city, '/api/commands/session.logout', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{}',
      signal,
    });
  }
}
