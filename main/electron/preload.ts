import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import type { OperatorAnswer, ShellBridge } from '../contract/shell.ts';
import { channels } from './channels.ts';

/** The one argument that the shell gives a page's preload script; see `window-options.ts`. */
const versionFlag = '--taodu-version=';
const longestIdentifyMs = 60_000;

const bridge: ShellBridge = {
  kind: 'electron',
  version: process.argv.find((argument) => argument.startsWith(versionFlag))?.slice(versionFlag.length) ?? '',
  heartbeat: () => ipcRenderer.send(channels.heartbeat),
  operate: (key, action) =>
    (ipcRenderer.invoke(channels.operate, String(key), String(action)) as Promise<OperatorAnswer>).catch((): OperatorAnswer => ({
      done: false,
      code: 'shell-does-not-answer',
    })),
  onIdentify(listener) {
    const heard = (_event: IpcRendererEvent, forMs: unknown) => {
      if (typeof forMs === 'number' && forMs > 0 && forMs <= longestIdentifyMs) listener(forMs);
    };
    ipcRenderer.on(channels.identify, heard);
    return () => void ipcRenderer.off(channels.identify, heard);
  },
};

contextBridge.exposeInMainWorld('taoduShell', bridge);
