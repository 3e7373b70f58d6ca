import { createApp, h, shallowRef } from 'vue';
import '../theme/base.css';
import type { ShownReport } from '../../layouts/contract.ts';
import { connectHub } from '../hub-client/hub-client.ts';
import { currentLocale, i18n } from '../i18n/index.ts';
import { fetchLostLetters } from '../i18n/lost-letters.ts';
import { createHlsEngine } from '../player/hls-engine.ts';
import { createMosaicEngine } from '../player/mosaic/mosaic-engine.ts';
import { createMosaic } from '../player/mosaic/mosaic.ts';
import { createWallLinks } from '../player/mosaic/wall-link.ts';
import { createMseEngine } from '../player/mse-engine.ts';
import { playerWishes } from '../player/player-choice.ts';
import { createRelaySockets } from '../player/relay-socket.ts';
import { currentShell, type Shell } from '../shell/shell.ts';
import { hubKey } from '../stores/hub.ts';
import OperatorLayer from './operator/OperatorLayer.vue';
import { afterNextFrame } from './refresh/after-next-frame.ts';
import { factsOfWhoIsSeen, pagePlace, type PageHandle } from './refresh/page-place.ts';
import { createWallRefresh } from './refresh/wall-refresh.ts';
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

/** What a page that ends still has to say to the hub is said in this time. */
const lastWordsMs = 1000;

const place = pagePlace();
const speaks = shallowRef(place.isSeen);
const isAlone = shallowRef(place.isSeen);

let report: ShownReport | null = null;
let paintedAt: number | null = null;
const shell = currentShell();
/** The page painted: the shell hears of it when the page is seen, and who asks the page always. */
const heard: Shell = {
  ...shell,
  heartbeat() {
    paintedAt = performance.now();
    if (speaks.value) shell.heartbeat();
  },
};
const screen = shallowRef<InstanceType<typeof WallScreen> | null>(null);
const operator = shallowRef<InstanceType<typeof OperatorLayer> | null>(null);
const putsOffRefresh = () => (operator.value?.isOpen() ? 'person' : screen.value ? screen.value.putsOffRefresh() : 'no-hub');

const refresh = createWallRefresh({
  situation() {
    const { value: shown } = screen;
    if (!speaks.value || shown === null || report === null) return null;
    return { times: hub.welcome?.wallRefresh ?? null, nth: shown.nth(), putOff: putsOffRefresh() };
  },
  report: () => report,
  open: () => place.openSuccessor(),
  doubled: (isDoubled) => (isAlone.value = !isDoubled),
  handedOver() {
    speaks.value = false;
    // The frame that shows the other page first: nobody sees this one go.
    afterNextFrame(end);
  },
  now: () => Date.now(),
  hubNow: hub.hubNow,
  pageAgeMs: () => performance.now(),
  // oxlint-disable-next-line eslint/no-console -- for whoever looks for faults at this screen
  warn: (words) => console.warn(words),
});
const refreshing = setInterval(() => refresh.tick(), 1000);

const facts: WallFacts = Object.freeze({
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
  askRefresh() {
    if (!speaks.value || putsOffRefresh() !== null) return false;
    refresh.asked(0);
    return true;
  },
  get refresh() {
    return { generation: place.generation, ...refresh.counts };
  },
});
Object.defineProperty(globalThis, 'taoduWall', { value: factsOfWhoIsSeen(facts) });
Object.defineProperty(globalThis, 'taoduPage', {
  value: Object.freeze({
    facts,
    takeOver() {
      place.takeOver();
      speaks.value = true;
      isAlone.value = true;
    },
    end,
  } satisfies PageHandle),
});

/** All of the window is made anew, whichever page in it is seen. */
const reload = () => place.holder.location.reload();
hub.onConnection((connection) => {
  // A successor that the hub does not understand never takes over; what is seen decides for itself.
  if (speaks.value) reloadOnIncompatible(connection, reload);
});
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
    pageTurn: { speaks, isAlone },
    onReport: (shown: ShownReport) => (report = shown),
    onRefreshAsked: (msAgo: number) => refresh.asked(msAgo),
  });
const app = createApp({
  render: () => [
    h(WallPage, { wallId, screenId, silent: !speaks.value, onDark: forget, onPaired: reload }, { default: show }),
    h(OperatorLayer, { ref: operator, wallId, screenId, facts }),
  ],
})
  .use(i18n)
  .provide(hubKey, hub);
app.mount('#app');
fetchLostLetters(currentLocale.value);

/** The page is not seen any more: it gives back everything that it holds. What is left of the first page of a window is the frame of another. */
function end(): void {
  clearInterval(refreshing);
  refresh.stop();
  app.unmount();
  links.close();
  forget();
  // Not before the leases were given back.
  setTimeout(() => hub.close(), lastWordsMs);
}
