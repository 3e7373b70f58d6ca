import { afterEach, expect, test } from 'vitest';
import { printSheet } from './print-sheet.ts';

afterEach(() => document.body.replaceChildren());

const sheets = () => [...document.querySelectorAll('body > .print-sheet')].map(({ textContent }) => textContent);
const print = (phase: 'beforeprint' | 'afterprint') => window.dispatchEvent(new Event(phase));

test('a copy of the element is at the end of the page while it is printed, and only then', () => {
  const paper = document.createElement('article');
  paper.textContent = 'Hand-over';
  document.body.append(paper);
  const stop = printSheet(() => paper);
  expect(sheets()).toEqual([]);
  print('beforeprint');
  expect(sheets()).toEqual(['Hand-over']);
  print('beforeprint');
  expect(sheets()).toEqual(['Hand-over']);
  print('afterprint');
  expect(sheets()).toEqual([]);
  print('beforeprint');
  stop();
  expect(sheets()).toEqual([]);
  print('beforeprint');
  expect(sheets()).toEqual([]);
});

test('without an element the page is printed as it is', () => {
  const stop = printSheet(() => null);
  print('beforeprint');
  expect(sheets()).toEqual([]);
  stop();
});
