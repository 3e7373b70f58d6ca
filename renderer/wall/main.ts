import { createApp, h } from 'vue';
import '../theme/base.css';
import type { ShownReport } from '../../layouts/contract.ts';
import { connectHub } from '../hub-client/hub-client.ts';
import { i18n } from '../i18n/index.ts';
import { createHlsEngine } from '../player/hls-engine.ts';
import { createRelaySockets } from '../player/relay-socket.ts';
import { currentShell } from '../shell/shell.ts';
import { hubKey } from '../stores/hub.ts';
import { reloadOnIncompatible } from './reload-on-incompatible.ts';
import { screenOfPath } from './screen-of-path.ts';
import WallScreen from './WallScreen.vue';

/** What tests and the console of a browser may look at; nothing here can be changed from outside. */
export interface WallFacts {
  /** Players that live now. */
  readonly players: number;
  readonly openSockets: number;
  /** What was last reported to the hub. */
  readonly report: ShownReport | null;
}

const { wallId, screenId } = screenOfPath(location.pathname);
const hub = connectHub({ session: `wall:${wallId}:${screenId}` });
const sockets = createRelaySockets();
const transport = new URLSearchParams(location.search).get('transport') === 'http' ? 'http' : 'socket';
const engine = createHlsEngine({ sockets, transport });

let players = 0;
let report: ShownReport | null = null;
Object.defineProperty(globalThis, 'taoduWall', {
  value: Object.freeze({
    get players() {
      return players;
    },
    get openSockets() {
      return sockets.open;
    },
    get report() {
      return report;
    },
  } satisfies WallFacts),
});

hub.onConnection((connection) => reloadOnIncompatible(connection));
createApp({
  render: () =>
    h(WallScreen, {
      wallId,
      screenId,
      engine,
      shell: currentShell(),
      onReport: (shown: ShownReport, count: number) => {
        report = shown;
        players = count;
      },
    }),
})
  .use(i18n)
  .provide(hubKey, hub)
  .mount('#app');
