import { contextBridge, ipcRenderer } from 'electron';
import type { ShellBridge } from '../contract/shell.ts';
import { channels } from './channels.ts';

/** The one argument that the shell gives a page's preload script; see `window-options.ts`. */
const versionFlag = '--taodu-version=';

const bridge: ShellBridge = {
  kind: 'electron',
  version: process.argv.find((argument) => argument.startsWith(versionFlag))?.slice(versionFlag.length) ?? '',
  heartbeat: () => ipcRenderer.send(channels.heartbeat),
  operate: async () => ({ done: false, code: 'shell-does-not-answer' }),
  onIdentify: () => () => {},
};

contextBridge.exposeInMainWorld('taoduShell', bridge);
