import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordFlag } from '../../wire/wall-record.ts';
import { leftOut, UnitFilter } from './unit-filter.ts';
import type { Strain } from './wall-pressure.ts';
import type { WallUnit } from './wall-unit.ts';

const unit = (kind: string): WallUnit => ({
  record: new Uint8Array(),
  isAudio: kind === 'a',
  flags: kind === 'K' ? recordFlag.key : kind === 'd' ? recordFlag.disposable : 0,
  key: kind === 'K',
  disposable: kind === 'd',
  leading: kind === 'l',
});

/**
 * What is passed of a stream: `K` a key picture, `p` another, `d` one that nothing refers to, `l` a leading one, `a` sound; between them
 * `!` the page has to stop, `~` it is tight, `.` it is well again, `s` shed, `u` not any more, `k` `f` `o` mode. `+`: with a harmless gap.
 */
function passed(stream: string, options: { audio?: boolean } = {}) {
  const drops = { disposable: 0, cut: 0, shed: 0 };
  const filter = new UnitFilter('full', options.audio ?? false, drops);
  let strain: Strain = 'none';
  let out = '';
  for (const step of stream) {
    if (step === '!') strain = 'stop';
    else if (step === '~') strain = 'tight';
    else if (step === '.') strain = 'none';
    else if (step === 's') filter.isShed = true;
    else if (step === 'u') filter.isShed = false;
    else if ('kfo'.includes(step)) filter.mode = step === 'k' ? 'key' : step === 'f' ? 'full' : 'off';
    else {
      const flags = filter.pass(unit(step), strain);
      if (flags !== leftOut) out += step + (flags & recordFlag.harmlessGap ? '+' : '');
    }
  }
  return { out, drops, isThinned: filter.isThinned };
}

describe('what is passed', () => {
  test.each([
    ['from the first key picture on', 'ppKpdp', 'Kpdp'],
    ['a page that stops gets nothing, and then nothing before the next key', 'Kp!ppKp.ppKp', 'KpKp'],
    ['a tight page does without what nothing refers to', 'Kp~dpdd.pp', 'Kpp+p+p'],
    ['a key picture ends a harmless gap', 'K~dKp', 'KKp'],
    ['key pictures only', 'KpkppKpKp', 'KpKK'],
    ['everything again, from the next key picture', 'KpkpfppKp', 'KpKp'],
    ['nothing', 'KpopKpfpKp', 'KpKp'],
    ['shed, and not any more', 'KpsppKpuppKp', 'KpKKp'],
    ['leading pictures only for who has what they refer to', 'KllpKllp', 'Kp+Kllp'],
    ['no sound that was not asked for', 'aKapa', 'Kp'],
  ])('%s', (_name, stream, out) => {
    expect(passed(stream).out).toBe(out);
  });

  test('sound with the pictures, and none while the page has to stop', () => {
    expect(passed('aKapa!a.a', { audio: true }).out).toBe('Kapaa');
  });

  test.each([
    ['key pictures only', 'Kkpapa', 'Kaa'],
    ['shed', 'Kspapau', 'Kaa'],
    ['cut, until the next key picture', 'Kp!p.apaKpa', 'KpaaKpa'],
  ])('sound goes on where pictures are left out: %s', (_name, stream, out) => {
    expect(passed(stream, { audio: true }).out).toBe(out);
  });

  test('is counted by why, and told as long as something is missing', () => {
    expect(passed('Kp~d!pKp.p')).toMatchObject({ drops: { disposable: 1, cut: 4, shed: 0 }, isThinned: true });
    expect(passed('Kp!pp.K').isThinned).toBe(false);
    expect(passed('KspKp')).toMatchObject({ drops: { disposable: 0, cut: 0, shed: 2 }, isThinned: true });
    expect(passed('KskpKp')).toMatchObject({ drops: { disposable: 0, cut: 0, shed: 0 }, isThinned: false });
  });

  test('whatever happens, no picture follows a gap unless it is a key, or only what nothing refers to is missing', () => {
    const steps = fc.array(fc.constantFrom(...'Kpppppddl!~..sukf'), { maxLength: 120 });
    const holds = fc.property(steps, (stream) => {
      const drops = { disposable: 0, cut: 0, shed: 0 };
      const filter = new UnitFilter('full', false, drops);
      let strain: Strain = 'none';
      let missing = '';
      let began = false;
      for (const step of stream) {
        if (step === '!' || step === '~' || step === '.') strain = step === '!' ? 'stop' : step === '~' ? 'tight' : 'none';
        else if (step === 's' || step === 'u') filter.isShed = step === 's';
        else if (step === 'k' || step === 'f') filter.mode = step === 'k' ? 'key' : 'full';
        else {
          const flags = filter.pass(unit(step), strain);
          if (flags === leftOut) missing += step;
          else {
            if (step !== 'K') {
              if (!began || /[Kp]/.test(missing)) return false;
              if (missing !== '' && !(flags & recordFlag.harmlessGap)) return false;
            }
            began = true;
            missing = '';
          }
        }
      }
      return true;
    });
    expect(fc.check(holds, { seed: 7, numRuns: 1000 }).counterexample).toBeNull();
  });
});
