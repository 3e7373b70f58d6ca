import { ipcMain, type IpcMainEvent, type WebContents } from 'electron';
import { channels } from './channels.ts';
import { isOwnPage } from './own-page.ts';

/**
 * Hears the heartbeats of our pages: only from the top frame of a page that the hub served. Anything else is ignored, and no
 * message carries arguments. Returns its end.
 */
export function hearHeartbeats(hubOrigin: () => string | null, onHeartbeat: (from: WebContents) => void): () => void {
  const listener = (event: IpcMainEvent) => {
    const origin = hubOrigin();
    const frame = event.senderFrame;
    if (origin === null || frame === null || frame !== event.sender.mainFrame || !isOwnPage(frame.url, origin)) return;
    onHeartbeat(event.sender);
  };
  ipcMain.on(channels.heartbeat, listener);
  return () => void ipcMain.off(channels.heartbeat, listener);
}
