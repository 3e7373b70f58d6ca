import { createHash } from 'node:crypto';

const style =
  'html{color-scheme:dark;background:#121417;color:#eef1f3;font:500 1.5rem/1.6 system-ui,sans-serif}' +
  'main{max-width:40rem;margin:18vh auto 0;padding:0 2rem}h1{font-size:2.2rem;margin:0 0 1rem}[lang=en]{color:#b9c1c8;font-size:1.1rem}';

/** What the Content-Security-Policy must allow for these pages. */
export const plainPageStyleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`;

/** A page with one message, in both languages, that needs nothing but itself. The texts are ours, never a caller's. */
export function plainPage(message: { readonly zh: readonly [string, string]; readonly en: readonly [string, string] }): string {
  return (
    `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${message.zh[0]}</title>` +
    `<style>${style}</style><main><h1>${message.zh[0]}</h1><p>${message.zh[1]}</p>` +
    `<div lang="en"><p><strong>${message.en[0]}</strong></p><p>${message.en[1]}</p></div></main></html>`
  );
}

export const pageNotBuilt = plainPage({
  zh: ['页面尚未生成', '程序的页面文件不存在，请先运行 npm run build，然后刷新本页。'],
  en: ['The pages are not built', 'Run “npm run build”, then reload this page.'],
});

export const setupLinkRefused = plainPage({
  zh: ['链接无效', '首次设置的链接只能打开一次，而且只属于打开它的浏览器。请回到终端，按 Ctrl+C 结束，再运行 npm run setup 取得新的链接。'],
  en: [
    'This link does not work',
    'The link of the first start opens once, and belongs to the browser that opened it. Go back to the terminal, press Ctrl+C, and run “npm run setup” for a new one.',
  ],
});

export const wallLinkRefused = plainPage({
  zh: ['链接无效', '此一次性链接已被使用、已过期，或不属于这块屏幕。请管理员重新生成，或去掉网址中“?”之后的部分重新打开，用配对码接入。'],
  en: [
    'This link does not work',
    'It was used before, is too old, or belongs to another screen. Ask an administrator for a new one, or open the address without what follows “?” and pair the screen by its code.',
  ],
});
