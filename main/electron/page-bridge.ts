import { ipcMain, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { z } from 'zod';
import { operatorActions, type OperatorAction, type OperatorAnswer } from '../contract/shell.ts';
import { channels } from './channels.ts';

export interface PageBridgeOptions {
  /** Whether an address is one of the hub's own pages. */
  isOurs(url: string): boolean;
  /** Which screen's page is in these contents; null: none of a wall. */
  screenOf(contents: WebContents): string | null;
  onHeartbeat(from: WebContents): void;
  /** A wall page asks for something with what somebody typed as the unlock key. */
  operate(screen: string, key: string, action: OperatorAction | 'unlock'): Promise<OperatorAnswer>;
}

/** Coarse: what can be a key the lock itself says. */
const asked = z.tuple([z.string().min(1).max(256), z.enum([...operatorActions, 'unlock'])]);
const noAnswer: OperatorAnswer = { done: false, code: 'shell-does-not-answer' };

/**
 * Hears our pages: only the top frame of a page that the hub served, and what only a wall may ask only from a wall. Anything else
 * is ignored, or answered as if nobody were there. Returns its end.
 */
export function openPageBridge({ isOurs, screenOf, onHeartbeat, operate }: PageBridgeOptions): () => void {
  const isFromOurs = ({ sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent) =>
    senderFrame !== null && senderFrame === sender.mainFrame && isOurs(senderFrame.url);
  const beats = (event: IpcMainEvent) => {
    if (isFromOurs(event)) onHeartbeat(event.sender);
  };
  const operates = async (event: IpcMainInvokeEvent, ...args: unknown[]): Promise<OperatorAnswer> => {
    const screen = isFromOurs(event) ? screenOf(event.sender) : null;
    const given = asked.safeParse(args);
    if (screen === null || !given.success) return noAnswer;
    try {
      return await operate(screen, ...given.data);
    } catch {
      return noAnswer;
    }
  };
  ipcMain.on(channels.heartbeat, beats);
  ipcMain.handle(channels.operate, operates);
  return () => {
    ipcMain.off(channels.heartbeat, beats);
    ipcMain.removeHandler(channels.operate);
  };
}
