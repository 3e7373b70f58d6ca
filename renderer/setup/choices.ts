import { gridOfScreens, screensOfDisplays, type PlannedScreen, type ToldDisplay } from '../../layouts/planned-wall.ts';
import type { SetupPlan } from '../../main/launch/setup/contract.ts';
import type { Locale } from '../i18n/index.ts';

/** What somebody has typed and chosen so far. Passwords are here and nowhere else, and go with the page. */
export interface Choices {
  dataFolder: string;
  /** The folder holds a city, which is opened as it is. */
  opens: boolean;
  password: string;
  again: string;
  wallName: string;
  /** Where the screens come from: rows and columns, or the displays of this computer. */
  from: 'grid' | 'displays';
  rows: number;
  cols: number;
  width: number;
  height: number;
  displays: readonly ToldDisplay[];
  /** Names that somebody gave, by the screens' numbers; the others are named after their number. */
  names: Record<number, string>;
  pixelPitchMm: number;
  farthestSeatM: number;
  key: string;
  keyAgain: string;
  /** Of the console; null: the usual one. */
  port: number | null;
}

/** What a page begins with: two full-HD displays of 55 inches, the farthest seat 6 m away. */
export const firstChoices = (): Choices => ({
  dataFolder: '',
  opens: false,
  password: '',
  again: '',
  wallName: '',
  from: 'grid',
  rows: 1,
  cols: 2,
  width: 1920,
  height: 1080,
  displays: [],
  names: {},
  pixelPitchMm: 0.634,
  farthestSeatM: 6,
  key: '',
  keyAgain: '',
  port: null,
});

/** The screens of the chosen wall; none where rows, columns or sizes are nonsense. `usualName` names the screen of a number. */
export function screensOf(choices: Choices, usualName: (number: number) => string): PlannedScreen[] {
  const nameOf = (number: number) => choices.names[number] ?? usualName(number);
  return choices.from === 'grid' ? gridOfScreens(choices, nameOf) : screensOfDisplays(choices.displays, nameOf);
}

/** The port of the console; null where its field was left empty, which is the usual one. */
export const portOf = ({ port }: Choices): number | null => (String(port ?? '') === '' ? null : port);

/** What is sent at the end. */
export function planOf(choices: Choices, locale: Locale, screens: readonly PlannedScreen[], usualWallName: string): SetupPlan {
  const { dataFolder, opens, password, key, pixelPitchMm, farthestSeatM } = choices;
  if (opens) return { locale, dataFolder, port: null, city: { kind: 'open' } };
  const wall = { name: choices.wallName.trim() || usualWallName, pixelPitchMm, farthestSeatM, screens: [...screens] };
  return { locale, dataFolder, port: portOf(choices), city: { kind: 'new', password, wall, operatorKey: key === '' ? null : key } };
}
