import type { MenuItemConstructorOptions } from 'electron';
import { shellWords, type ShellLanguage } from './shell-words.ts';

/** What the menu's entries do. */
export interface DeskActions {
  reload(): void;
  identify(): void;
  about(): void;
  quit(): void;
}

/** The least menu, for a computer that somebody sits at: where the console has its window. A wall has none. */
export function deskMenu(language: ShellLanguage, actions: DeskActions): MenuItemConstructorOptions[] {
  const words = shellWords(language);
  return [
    {
      label: '陶都',
      submenu: [
        { label: words.reload, accelerator: 'CommandOrControl+R', click: () => actions.reload() },
        { label: words.identify, click: () => actions.identify() },
        { type: 'separator' },
        { label: words.about, click: () => actions.about() },
        { label: words.quit, accelerator: 'CommandOrControl+Q', click: () => actions.quit() },
      ],
    },
    // Without it nothing can be copied or pasted by key on macOS.
    ...(process.platform === 'darwin' ? [{ role: 'editMenu' } as const] : []),
  ];
}
