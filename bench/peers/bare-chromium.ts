import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { WebSocket } from 'ws';
import { chromiumPath, chromiumSwitches } from '../../e2e/chromium.ts';

type Parameters = Readonly<Record<string, unknown>>;
type Answer = Readonly<Record<string, unknown>>;

/** A connection of the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/), sessions flattened into it. */
class Line {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { done(answer: Answer): void; failed(error: Error): void }>();
  readonly #heard = new Map<string, () => void>();
  #lastId = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const said = JSON.parse(data.toString()) as {
        id?: number;
        method?: string;
        sessionId?: string;
        result?: Answer;
        error?: { message: string };
      };
      if (said.id === undefined) {
        this.#heard.get(`${said.sessionId} ${said.method}`)?.();
        return;
      }
      const one = this.#waiting.get(said.id);
      this.#waiting.delete(said.id);
      if (said.error) one?.failed(new Error(said.error.message));
      else one?.done(said.result ?? {});
    });
  }

  say(method: string, params: Parameters = {}, sessionId?: string): Promise<Answer> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    });
  }

  /** The next event of this name. */
  next(sessionId: string, method: string): Promise<void> {
    return new Promise((done) => this.#heard.set(`${sessionId} ${method}`, done));
  }

  close(): void {
    this.#socket.close();
  }
}

/**
 * A Chromium that is looked at as little as possible. Playwright listens to the network of every worker, so each picture of a wall crosses the
 * DevTools connection once more, as base64: with a hundred tiles that costs more than decoding them, and would be counted as the
 * product's. Of a browser, a context and a page this has only what benchmarks use.
 */
export async function startBareChromium(): Promise<Browser> {
  if (chromiumPath === null) throw new Error('no Chromium found; set CHROMIUM_PATH');
  const profile = mkdtempSync(join(tmpdir(), 'taodu-chromium-'));
  const child = spawn(
    chromiumPath,
    [
      ...chromiumSwitches,
      '--headless',
      '--hide-scrollbars',
      '--mute-audio',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = new Promise<void>((done) => child.on('exit', () => done()));
  const address = await new Promise<string>((done, failed) => {
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-10_000);
      const found = /DevTools listening on (ws:\S+)/.exec(text);
      if (found) done(found[1]!);
    });
    void exited.then(() => failed(new Error(`Chromium ended:\n${text}`)));
  });
  const socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: 64 * 1024 * 1024 });
  await new Promise((done, failed) => socket.on('open', done).on('error', failed));
  const line = new Line(socket);

  const newPage = async (
    browserContextId: string,
    options: { viewport?: { width: number; height: number }; locale?: string; bypassCSP?: boolean },
  ) => {
    const { targetId } = await line.say('Target.createTarget', { url: 'about:blank', browserContextId });
    const { sessionId } = (await line.say('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string };
    const say = (method: string, params: Parameters = {}) => line.say(method, params, sessionId);
    await say('Page.enable');
    if (options.viewport) await say('Emulation.setDeviceMetricsOverride', { ...options.viewport, deviceScaleFactor: 1, mobile: false });
    if (options.locale) await say('Emulation.setLocaleOverride', { locale: options.locale });
    if (options.bypassCSP) await say('Page.setBypassCSP', { enabled: true });
    const run = async (expression: string): Promise<unknown> => {
      const { result, exceptionDetails } = (await say('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })) as {
        result: { value?: unknown };
        exceptionDetails?: { text: string; exception?: { description?: string } };
      };
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
    return {
      on() {},
      async goto(url: string) {
        const loaded = line.next(sessionId, 'Page.loadEventFired');
        await say('Page.navigate', { url });
        await loaded;
      },
      evaluate: (what: unknown, argument?: unknown) => run(`(${String(what)})(${argument === undefined ? '' : JSON.stringify(argument)})`),
      addScriptTag: ({ content }: { content: string }) => run(`${content}\n;0`),
      context: () => ({ newCDPSession: async () => ({ send: say }) }),
    };
  };

  const browser = {
    async newContext(options: { viewport?: { width: number; height: number }; locale?: string; bypassCSP?: boolean } = {}) {
      const { browserContextId } = (await line.say('Target.createBrowserContext')) as { browserContextId: string };
      return {
        newPage: () => newPage(browserContextId, options),
        close: () => line.say('Target.disposeBrowserContext', { browserContextId }),
      };
    },
    async close() {
      await line.say('Browser.close').catch(() => {});
      line.close();
      await exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return browser as unknown as Browser;
}
