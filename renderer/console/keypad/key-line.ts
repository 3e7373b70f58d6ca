import { err, ok, type Result } from '../../../main/contract/result.ts';

/** What can stand in the key line: the keys of a numeric keypad. */
export const keySymbols = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '/', '*', '+', '-'] as const;
export type KeySymbol = (typeof keySymbols)[number];

/** Longer than any camera number with a place; what is keyed beyond is not taken. */
export const keyLineMax = 40;

/** A place on the chosen wall: screens and tiles by the numbers people say, from 1; null is the chosen one. */
export interface KeyedPlace {
  readonly screen: number | null;
  readonly tile: number | null;
}

/** What a line means once Enter is pressed. */
export type KeyIntent =
  /** A camera on a place; null is the chosen tile. */
  | { readonly kind: 'camera'; readonly digits: string; readonly place: KeyedPlace | null }
  | { readonly kind: 'place'; readonly place: KeyedPlace }
  /** A preset, or a layout on the chosen screen: they share their numbers. */
  | { readonly kind: 'recall'; readonly number: number }
  | { readonly kind: 'tour'; readonly number: number }
  | { readonly kind: 'tour-pause' }
  | { readonly kind: 'tour-step'; readonly by: 1 | -1 };

/** Why a line means nothing (yet): there is nothing, a number is missing where one must stand, or a sign stands where none may. */
export type KeyLineFault = 'empty' | 'number-missing' | 'sign-misplaced' | 'number-too-large';

const camera = /^(\d+)(\..*)?$/;
const place = /^\.(\d*)(?:\.(\d*))?$/;
const largest = 9999;

/**
 * Reads the key line. Digits are a camera; `.` leads to a place (`.2` a screen, `.2.5` a tile on it, `..5` a tile of the chosen screen), alone or
 * behind a camera; `/7` recalls preset or layout 7; `*3` starts tour 3, `*` alone pauses the tour or lets it go on, `*+` and `*-` step it.
 */
export function parseKeyLine(line: string): Result<KeyIntent, KeyLineFault> {
  if (line === '') return err('empty');
  if (line.startsWith('/')) return numbered(line.slice(1), (number) => ({ kind: 'recall', number }));
  if (line === '*') return ok({ kind: 'tour-pause' });
  if (line === '*+') return ok({ kind: 'tour-step', by: 1 });
  if (line === '*-') return ok({ kind: 'tour-step', by: -1 });
  if (line.startsWith('*')) return numbered(line.slice(1), (number) => ({ kind: 'tour', number }));
  if (line.startsWith('.')) {
    const found = placeOf(line);
    return found.ok ? ok({ kind: 'place', place: found.value }) : found;
  }
  const [, digits, rest] = camera.exec(line) ?? [];
  if (digits === undefined) return err('sign-misplaced');
  if (rest === undefined) return ok({ kind: 'camera', digits, place: null });
  const found = placeOf(rest);
  return found.ok ? ok({ kind: 'camera', digits, place: found.value }) : found;
}

/** The line with one more symbol; a symbol that could never become a line is not taken. */
export function keyed(line: string, symbol: KeySymbol): string {
  const next = line + symbol;
  if (next.length > keyLineMax) return line;
  const read = parseKeyLine(next);
  return read.ok || read.error === 'number-missing' ? next : line;
}

function numbered(digits: string, intent: (number: number) => KeyIntent): Result<KeyIntent, KeyLineFault> {
  if (digits === '') return err('number-missing');
  if (!/^\d+$/.test(digits)) return err('sign-misplaced');
  const number = Number(digits);
  if (number > largest) return err('number-too-large');
  return number === 0 ? err('number-missing') : ok(intent(number));
}

function placeOf(text: string): Result<KeyedPlace, KeyLineFault> {
  const [whole, screen = '', tile] = place.exec(text) ?? [];
  if (whole === undefined) return err('sign-misplaced');
  const [screenNumber, tileNumber] = [Number(screen), Number(tile ?? '')];
  if (screenNumber > largest || tileNumber > largest) return err('number-too-large');
  if (tile !== undefined && screen !== '' && screenNumber === 0) return err('sign-misplaced');
  // ".", ".2." and ".0" wait for their number.
  if (tile === undefined ? screenNumber === 0 : tileNumber === 0) return err('number-missing');
  return ok({ screen: screen === '' ? null : screenNumber, tile: tile === undefined ? null : tileNumber });
}
