import type { SameShape } from '../shape.ts';
import type zh from './operator.zh-CN.ts';

/** Operator menu and identification of screens: what a person before a wall computer reads. */
const messages: SameShape<typeof zh> = {
  title: 'Operator menu',
  close: 'Close',
  keys: 'operator menu (or hold a corner for 3 s)',
  noShell: 'This is no wall computer: there is no operator menu here',
  noShellHow: 'The menu works only in wall windows that Taodu itself has opened.',
  enter: 'Unlock key',
  unlock: 'Unlock',
  checking: 'Checking…',
  erase: 'Erase',
  closesIn: 'closes after {n} s without a key',
  trouble: {
    'operator-key-wrong': 'That is not the unlock key',
    'operator-key-unset': 'This computer has no unlock key that can be used. Run on it: npm run hub -- operator-key',
    'operator-locked-out': 'Too many wrong keys. Try again in {n} s',
    'shell-does-not-answer': 'The program on this computer did not answer, or could not do it: its log says why',
  },
  action: {
    identify: 'Show which screen is which',
    reload: 'Open this page anew',
    'reload-all': 'Open all pages of this computer anew',
    console: 'Open the console',
    quit: 'End Taodu on this computer',
  },
  sure: 'Press again to end it',
  outcome: {
    identify: 'Every screen shows its number',
    reload: 'This page is opened anew',
    'reload-all': 'All pages of this computer are opened anew',
    console: 'The console is open and asks for a login',
    quit: 'Taodu ends on this computer',
  },
  hubAway: 'The hub does not answer: a page that is opened anew stays empty until it does.',
  fact: {
    screen: 'Screen',
    shell: 'Shell',
    hub: 'Hub',
    relay: 'Relay',
    clock: 'Clock here',
    uptime: 'Page is up',
  },
  shell: {
    electron: 'Desktop app {version}',
    chromium: 'Chromium window {version}',
  },
  hub: {
    connecting: 'Connecting',
    live: 'Connected, version {version}',
    stale: 'Lost since {time}',
    incompatible: 'Versions differ',
    refused: 'Does not let this screen in',
  },
  relay: {
    none: 'No connection',
    open: '{n} connection | {n} connections',
    some: '{n} connection, {live} of {total} pictures live | {n} connections, {live} of {total} pictures live',
  },
  clock: {
    unknown: 'Not yet compared with the hub',
    same: 'Agrees with the hub',
    ahead: '{time} ahead of the hub',
    behind: '{time} behind the hub',
  },
};

export default messages;
