import type { OperatorAnswer } from '../contract/shell.ts';

/** What the script in a page is told. */
export interface BridgeScriptOptions {
  /** The only origin whose pages get a bridge. */
  readonly origin: string;
  /** Of the product. */
  readonly version: string;
  /** The name of the function that calls us, which the browser puts into every page; the script takes it away again. */
  readonly binding: string;
  /** Under which name the script hears us. Nobody else's business: it cannot be listed. */
  readonly hears: string;
}

/** What a page says to us: at most so many characters. */
export const longestCall = 1024;
/** What one page waits for at the same time. */
const waitingAtMost = 8;
/** A key is some tenths of a second's work; on a computer that has too much to do, many times that. */
const answeredWithinMs = 30_000;
const listenersAtMost = 8;

/**
 * The script that runs in every page of a kiosk window before the page's own, and puts `window.taoduShell` there: in the outermost frame alone, where the pages in
 * it find it. Run again it changes nothing. The page is asked whether it paints (`page-watch.ts`), so a heartbeat has nobody to go to.
 */
export function shellBridgeScript(options: BridgeScriptOptions): string {
  const { origin, version, binding, hears } = options;
  const told = { origin, version, binding, hears, waitingAtMost, answeredWithinMs, listenersAtMost };
  return `(({ origin, version, binding, hears, waitingAtMost, answeredWithinMs, listenersAtMost }) => {
  const call = globalThis[binding];
  delete globalThis[binding];
  if (location.origin !== origin || window !== window.top || globalThis.taoduShell !== undefined || typeof call !== 'function') return;
  const waiting = new Map();
  const listeners = new Set();
  let lastId = 0;
  const noAnswer = Object.freeze({ done: false, code: 'shell-does-not-answer' });
  const settle = (id, answer) => {
    const asked = waiting.get(id);
    if (!asked) return;
    waiting.delete(id);
    clearTimeout(asked.late);
    asked.resolve(answer);
  };
  Object.defineProperty(globalThis, hears, {
    value: Object.freeze({
      answer: settle,
      identify: (forMs) => listeners.forEach((listener) => listener(forMs)),
    }),
  });
  const bridge = Object.freeze({
    kind: 'chromium',
    version,
    heartbeat() {},
    operate: (key, action) =>
      new Promise((resolve) => {
        if (waiting.size >= waitingAtMost) return resolve(noAnswer);
        lastId += 1;
        const id = lastId;
        waiting.set(id, { resolve, late: setTimeout(() => settle(id, noAnswer), answeredWithinMs) });
        call(JSON.stringify({ id, key: String(key), action: String(action) }));
      }),
    onIdentify(listener) {
      if (listeners.size < listenersAtMost) listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
  Object.defineProperty(globalThis, 'taoduShell', { value: bridge, enumerable: true });
  // A page that was there before us learns that it has a shell.
  dispatchEvent(new Event('taodu-shell'));
})(${JSON.stringify(told)});`;
}

/** The expression that hands an answer to the page that asked. */
export const answerExpression = ({ hears }: Pick<BridgeScriptOptions, 'hears'>, id: number, answer: OperatorAnswer): string =>
  `globalThis[${JSON.stringify(hears)}]?.answer(${id}, ${JSON.stringify(answer)})`;

/** The expression that makes a page show which screen it is. */
export const identifyExpression = ({ hears }: Pick<BridgeScriptOptions, 'hears'>, forMs: number): string =>
  `globalThis[${JSON.stringify(hears)}]?.identify(${forMs})`;
