/** The languages of the few words that the shell itself shows; pages bring their own. */
export type ShellLanguage = 'zh-CN' | 'en';

const words = {
  'zh-CN': {
    reload: '重新载入此页面',
    identify: '显示屏幕编号',
    about: '关于陶都',
    quit: '退出陶都',
    cannotRun: '陶都无法运行',
  },
  en: {
    reload: 'Reload this page',
    identify: 'Show which screen is which',
    about: 'About Taodu',
    quit: 'Quit Taodu',
    cannotRun: 'Taodu cannot run',
  },
} as const;

/** The words of a language. */
export const shellWords = (language: ShellLanguage): Readonly<Record<keyof (typeof words)['en'], string>> => words[language];

/** The language of whoever sits at this computer, by what the system says; Chinese when it is none of ours. */
export const languageOf = (locale: string): ShellLanguage => (/^en(-|_|$)/i.test(locale) ? 'en' : 'zh-CN');
