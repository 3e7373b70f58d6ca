import type { ScreenPlace } from '../../layouts/displays.ts';
import { wallsCollection } from '../../layouts/contract.ts';
import { askHub } from './ask-hub.ts';
import type { City } from './city.ts';

/** No screen: the session of this link looks the wall up, is never shown, and ends at once. */
const observer = 'launcher';
const timeoutMs = 10_000;

/**
 * The screens of a wall and where they are, for whoever opens windows for them. It asks the hub like any other client: the
 * launcher knows no product logic and has no door of its own. Rejects when the hub does not answer or has no such wall.
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
    if (!wall) throw new Error(`the hub has no wall ${wallId}`);
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
