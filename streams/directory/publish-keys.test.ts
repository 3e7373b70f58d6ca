import { describe, expect, it } from 'vitest';
import type { CameraId } from '../../main/contract/ids.ts';
import { isPushed, makePublishKey, PublishKeys, publishKeyHash } from './publish-keys.ts';
import { publishKey } from '../contract.ts';

const [a, b] = ['a' as CameraId, 'b' as CameraId];

describe('publish keys', () => {
  it('are made as the contract wants them, each anew', () => {
    const made = [makePublishKey(), makePublishKey()];
    expect(made.every((key) => publishKey.safeParse(key).success)).toBe(true);
    expect(made[0]).not.toBe(made[1]);
    // FIPS 180-4 example: SHA-256 of "abc".
    expect(publishKeyHash('abc')).toBe(
      Buffer.from('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'hex').toString('base64url'),
    );
  });

  it('belong to one camera, from the promise on', () => {
    const keys = new PublishKeys();
    expect([keys.claim('k1', a), keys.claim('k1', a), keys.claim('k1', b)]).toEqual([true, true, false]);
    keys.put(a, 'k1');
    expect(keys.claim('k1', b)).toBe(false);
    keys.put(a, 'k2');
    expect([keys.claim('k1', b), keys.claim('k2', b)], 'a renewed key is free').toEqual([true, false]);
    keys.put(a, null);
    expect(keys.claim('k2', b)).toBe(true);
  });

  it('tell when their list changed, and only then', () => {
    const keys = new PublishKeys();
    const lists: string[][] = [];
    const stop = keys.onChange(() =>
      lists.push(keys.publishers.map(({ cameraId, keyHash }) => `${cameraId} ${keyHash === publishKeyHash('k1')}`)),
    );
    keys.put(a, 'k1');
    keys.put(a, 'k1');
    keys.put(b, null);
    keys.put(b, 'k2');
    keys.put(a, null);
    stop();
    keys.put(a, 'k3');
    expect(lists).toEqual([['a true'], ['a true', 'b false'], ['b false']]);
    expect([keys.has('a'), keys.has('b'), keys.has('c')]).toEqual([true, true, false]);
  });

  it('are for rtmp without a url', () => {
    expect(isPushed({ kind: 'rtmp' })).toBe(true);
    expect(isPushed({ kind: 'rtmp', url: 'rtmp://h/a' })).toBe(false);
    expect(isPushed({ kind: 'gb28181' })).toBe(false);
  });
});
