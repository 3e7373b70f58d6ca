import { createApp, h, shallowRef } from 'vue';
import '../theme/base.css';
import type { ShownReport } from '../../layouts/contract.ts';
import { connectHub } from '../hub-client/hub-client.ts';
import { i18n } from '../i18n/index.ts';
import { createHlsEngine } from '../player/hls-engine.ts';
import { createMosaicEngine } from '../player/mosaic/mosaic-engine.ts';
import { createMosaic } from '../player/mosaic/mosaic.ts';
import { createWallLinks } from '../player/mosaic/wall-link.ts';
import { createMseEngine } from '../player/mse-engine.ts';
import { playerWishes } from '../player/player-choice.ts';
import { createRelaySockets } from '../player/relay-socket.ts';
import { currentShell, type Shell } from '../shell/shell.ts';
import { hubKey } from '../stores/hub.ts';
import { reloadOnIncompatible } from './reload-on-incompatible.ts';
import { screenOfPath } from './screen-of-path.ts';
import type { WallFacts } from './wall-facts.ts';
import WallPage from './WallPage.vue';
import WallScreen from './WallScreen.vue';
import type { WallPlayers } from './wall-players.ts';

const { wallId, screenId } = screenOfPath(location.pathname);
const hub = connectHub({ session: `wall:${wallId}:${screenId}` });
const sockets = createRelaySockets();
const links = createWallLinks();
const wishes = playerWishes(location.search);
const players: WallPlayers = {
  wishes,
  mosaic: createMosaicEngine(),
  mse: createMseEngine({ links }),
  hls: createHlsEngine({ sockets, transport: wishes.transport }),
  createMosaic,
};

let report: ShownReport | null = null;
let paintedAt: number | null = null;
const shell = currentShell();
/** The page painted: the shell hears of it, and who asks the page. */
const heard: Shell = {
  ...shell,
  heartbeat() {
    paintedAt = performance.now();
    shell.heartbeat();
  },
};
const screen = shallowRef<InstanceType<typeof WallScreen> | null>(null);
Object.defineProperty(globalThis, 'taoduWall', {
  value: Object.freeze({
    get players() {
      return screen.value?.openPlayers() ?? 0;
    },
    get paintedAt() {
      return paintedAt;
    },
    get openSockets() {
      return sockets.open + links.open + (screen.value?.figures()?.sockets ?? 0);
    },
    get report() {
      return report;
    },
    get figures() {
      return screen.value?.figures() ?? null;
    },
    get tiles() {
      return screen.value?.facts() ?? {};
    },
    get begun() {
      return screen.value?.begun() ?? null;
    },
  } satisfies WallFacts),
});

hub.onConnection((connection) => reloadOnIncompatible(connection));
const forget = () => {
  report = null;
  paintedAt = null;
};
const show = () =>
  h(WallScreen, {
    ref: screen,
    wallId,
    screenId,
    players,
    shell: heard,
    onReport: (shown: ShownReport) => (report = shown),
  });
createApp({
  render: () => h(WallPage, { wallId, screenId, onDark: forget, onPaired: () => location.reload() }, { default: show }),
})
  .use(i18n)
  .provide(hubKey, hub)
  .mount('#app');
