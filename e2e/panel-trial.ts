import { resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import type { Browser, Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { securityHeaders } from '../main/hub/gateway/security-headers.ts';
import type { PanelTrial } from '../renderer/panels/testdata/panel-trial.ts';

const root = resolve(import.meta.dirname, '..');

/** The page with panels over a made-up hub, built as the product's pages are: files by their path. */
export async function builtPanelPage(): Promise<Map<string, string | Uint8Array>> {
  const built = (await build({
    configFile: false,
    plugins: [vue()],
    root,
    logLevel: 'error',
    define: {
      __VUE_OPTIONS_API__: false,
      __VUE_PROD_DEVTOOLS__: false,
      __INTLIFY_JIT_COMPILATION__: true,
      __INTLIFY_DROP_MESSAGE_COMPILER__: false,
    },
    build: {
      write: false,
      target: 'chrome140',
      minify: false,
      assetsInlineLimit: 0,
      modulePreload: false,
      rolldownOptions: {
        input: 'renderer/panels/testdata/panel-page.ts',
        output: { entryFileNames: 'page.js', assetFileNames: 'assets/[name]-[hash][extname]' },
      },
    },
  })) as Rolldown.RolldownOutput;
  return new Map(built.output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]));
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
  svg: 'image/svg+xml',
};

export interface OpenTrial {
  readonly page: Page;
  /** Errors of the page: exceptions, console errors, what the policy refused. */
  readonly problems: string[];
  /** Calls one of the page's own functions. */
  call<K extends keyof PanelTrial>(name: K, ...args: Parameters<PanelTrial[K]>): Promise<Awaited<ReturnType<PanelTrial[K]>>>;
}

/** Opens the page under the policy that the hub gives its pages. */
export async function openPanelTrial(
  browser: Browser,
  files: ReadonlyMap<string, string | Uint8Array>,
  viewport = { width: 1920, height: 1080 },
): Promise<OpenTrial> {
  const page = await browser.newPage({ viewport, locale: 'zh-CN' });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  const styles = [...files.keys()].filter((path) => path.endsWith('.css'));
  const links = styles.map((path) => `<link rel="stylesheet" href="${path}">`).join('');
  await page.route('https://panels.test/**', (route) => {
    const path = new URL(route.request().url()).pathname;
    const body =
      path === '/'
        ? `<!doctype html><html lang="zh-CN"><head>${links}</head><body><script type="module" src="/page.js"></script></body></html>`
        : files.get(path);
    const type = path === '/' ? 'text/html' : (types[path.split('.').at(-1)!] ?? 'application/octet-stream');
    const headers = securityHeaders(null, [], { secure: false });
    return body === undefined
      ? route.fulfill({ status: 404, headers })
      : route.fulfill({ body: Buffer.from(body), contentType: type, headers });
  });
  await page.goto('https://panels.test/');
  await page.waitForFunction(() => 'panelTrial' in globalThis);
  return {
    page,
    problems,
    call: (name, ...args) =>
      page.evaluate(
        ([key, given]) =>
          (globalThis as unknown as { panelTrial: Record<string, (...all: unknown[]) => unknown> }).panelTrial[key]!(...given),
        [name, args] as [string, unknown[]],
      ) as never,
  };
}
