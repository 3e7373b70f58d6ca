import { expect, test } from 'vitest';
import { severityOrder } from '../../sounds/alert-ringer.ts';
import { alertActionOf, alertKeyCaps, alertPageCaps, capOf, severityCap } from './alert-keys.ts';

test('no key of the page has two meanings', () => {
  const caps = [...Object.values(alertKeyCaps), ...Object.values(alertPageCaps), ...severityOrder.map(severityCap)];
  expect(new Set(caps).size).toBe(caps.length);
});

test.each([
  [{ key: 'Enter', code: 'Enter' }, '↵', 'acknowledge'],
  [{ key: 'Enter', code: 'NumpadEnter' }, '↵', 'acknowledge'],
  [{ key: 's', code: 'KeyS' }, 'S', 'shelve'],
  // An input method has swallowed the letter.
  [{ key: 'Process', code: 'KeyN' }, 'N', 'silence'],
  // A French keyboard.
  [{ key: 'à', code: 'Digit0' }, alertPageCaps.clear, null],
  [{ key: '&', code: 'Digit1' }, severityCap('critical'), null],
  [{ key: 'f', code: 'KeyF' }, alertPageCaps.state, null],
  // The large picture is the desk's own, everywhere.
  [{ key: 'v', code: 'KeyV' }, 'V', null],
  // The numeric keypad is the key line's.
  [{ key: '1', code: 'Numpad1' }, undefined, null],
  [{ key: 'Tab', code: 'Tab' }, undefined, null],
] as const)('%j is %s', (event, cap, action) => {
  expect(capOf(event)).toBe(cap);
  expect(cap === undefined ? null : alertActionOf(cap)).toBe(action);
});
