import { decodeWallAsk, type WallAsk } from '../../../../streams/wire/wall-ask.ts';
import { encodeRecords, type WallRecord } from '../../../../streams/wire/wall-record.ts';
import { createWallLinks, type WallLinks, type WallSocket } from '../wall-link.ts';

/** The relay's end of a wall socket. */
export class FakeWallSocket {
  readyState = 0;
  binaryType: BinaryType = 'blob';
  readonly url: string;
  readonly asked: WallAsk[] = [];
  #listeners = new Map<string, ((event: { data?: unknown }) => void)[]>();

  constructor(url: string) {
    this.url = url;
  }
  addEventListener(type: string, listener: (event: { data?: unknown }) => void) {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }
  send(text: string) {
    if (this.readyState !== 1) throw new Error('not open');
    const ask = decodeWallAsk(text);
    if (!ask.ok) throw new Error(`not an ask: ${text}`);
    this.asked.push(ask.value);
  }
  close() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#say('close');
  }
  accept() {
    this.readyState = 1;
    this.#say('open');
  }
  records(...records: WallRecord[]) {
    this.message(encodeRecords(records).buffer);
  }
  message(data: unknown) {
    this.#say('message', { data });
  }
  #say(type: string, event: { data?: unknown } = {}) {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
}

/** Links whose relays the test plays. */
export function fakeLinks(): { readonly links: WallLinks; readonly sockets: FakeWallSocket[] } {
  const sockets: FakeWallSocket[] = [];
  const links = createWallLinks((url) => {
    if (!url.startsWith('ws')) throw new SyntaxError('not an address of a WebSocket');
    const socket = new FakeWallSocket(url);
    sockets.push(socket);
    return socket as unknown as WallSocket;
  });
  return { links, sockets };
}
