import { connect } from 'node:net';
import type { Display, ScreenPlace } from '../../layouts/displays.ts';
import type { City } from './city.ts';

/** Where the windows of a wall computer lead whose hub is on another machine. */
export interface WallOfHub {
  readonly city: Pick<City, 'listening' | 'tls' | 'wallLink'>;
  readonly screens: (displays: readonly Display[] | null) => readonly ScreenPlace[];
}

const answersWithinMs = 3000;
/** So many displays as one computer has. */
const screensAtMost = 16;

/**
 * A wall computer knows neither the wall nor anybody's password: its windows ask to be paired by a code, and the browser keeps what they get. `screenIds` null: one for
 * each display, numbered in the order of rows. A link is given only while the hub answers: a browser would show for ever that it did not.
 */
export function wallOfHub(hub: string, screenIds: readonly string[] | null): WallOfHub {
  return {
    city: {
      listening: hub,
      // Who the hub is the browser knows by the authorities that are installed on this machine.
      tls: null,
      async wallLink(wallId, screenId) {
        await reach(new URL(hub));
        return `${hub}/wall/${encodeURIComponent(wallId)}/${encodeURIComponent(screenId)}`;
      },
    },
    screens(displays) {
      const count = Math.min(screensAtMost, Math.max(1, displays?.length ?? 1));
      const ids = screenIds ?? Array.from({ length: count }, (_, index) => `${index + 1}`);
      // Of no size: where displays are known each takes the next one that is free.
      const rect = displays === null ? { x: 0, y: 0, width: 1920, height: 1080 } : { x: 0, y: 0, width: 0, height: 0 };
      return ids.map((id) => ({ id, name: id, rect }));
    },
  };
}

function reach({ protocol, hostname, port }: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80) });
    socket.setTimeout(answersWithinMs, () => socket.destroy(new Error(`the hub at ${hostname} does not answer`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
