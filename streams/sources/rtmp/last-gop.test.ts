import { describe, expect, it } from 'vitest';
import type { AccessUnit } from '../../contract.ts';
import { GopBudget, LastGop, maxGopBytes } from './last-gop.ts';

const unit = (key: boolean, bytes = 10, codec: AccessUnit['codec'] = 'h264'): AccessUnit => ({
  codec,
  annexB: new Uint8Array(bytes),
  ptsUs: 0,
  dtsUs: 0,
  receivedAtMs: 0,
  key,
  discontinuity: false,
  corrupt: false,
});
const types = (gop: LastGop) => gop.units.map(({ key, codec }) => (codec === 'aac' ? 'a' : key ? 'K' : 'd')).join('');

describe('the latest GOP', () => {
  it('begins with a picture that decoding can begin with, sound being none', () => {
    const gop = new LastGop(new GopBudget(1000));
    for (const one of [unit(false), unit(true, 10, 'aac'), unit(true), unit(true, 10, 'aac'), unit(false)]) gop.add(one);
    expect(types(gop)).toBe('Kad');
    gop.add(unit(true));
    expect(types(gop)).toBe('K');
  });

  it('is given up whole when it grows too large, until the next key picture', () => {
    const gop = new LastGop(new GopBudget(100 * maxGopBytes));
    gop.add(unit(true, maxGopBytes));
    gop.add(unit(false));
    expect([types(gop), gop.dropped]).toEqual(['', 1]);
    gop.add(unit(false));
    gop.add(unit(true));
    expect(types(gop)).toBe('K');
    for (let i = 0; i < 4096; i += 1) gop.add(unit(false, 1));
    expect([types(gop), gop.dropped], 'too many').toEqual(['', 2]);
  });

  it('shares what all may keep', () => {
    const budget = new GopBudget(100);
    const [one, other] = [new LastGop(budget), new LastGop(budget)];
    one.add(unit(true, 80));
    other.add(unit(true, 30));
    expect([types(one), types(other), other.dropped]).toEqual(['K', '', 1]);
    one.add(unit(true, 50));
    other.add(unit(true, 50));
    expect([types(one), types(other)]).toEqual(['K', 'K']);
    one.clear();
    other.clear();
    one.add(unit(true, 100));
    expect(types(one)).toBe('K');
  });
});
