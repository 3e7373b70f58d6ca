import { expect, test } from 'vitest';
import { Leases } from './leases.ts';
import type { LeaseOrder } from './media-relay.ts';

const order = (leaseId: string): LeaseOrder => ({
  leaseId,
  cameraId: 'c1',
  profile: 'sub',
  source: { kind: 'rtsp', url: 'rtsp://admin:secret@10.0.0.1/' },
  decodes: ['h264'],
  holder: 's1',
});

test('an unclaimed lease is idle after a minute, a claimed one half a minute after its last request', () => {
  const leases = new Leases(10);
  leases.add(order('unclaimed'), 0);
  leases.add(order('watched'), 0);
  leases.get('watched')!.activeAt = 20_000;
  const idle = (now: number) => leases.idle(now).map((lease) => lease.leaseId);
  expect(idle(49_999)).toEqual([]);
  expect(idle(50_000)).toEqual(['watched']);
  leases.get('watched')!.activeAt = 50_000;
  expect(idle(60_000)).toEqual(['unclaimed']);
  leases.delete('unclaimed');
  expect(idle(79_999)).toEqual([]);
});

test('their number is bounded, and they keep no credentials', () => {
  const leases = new Leases(1);
  expect(leases.add(order('a'), 0).ok).toBe(true);
  expect(leases.add(order('b'), 0)).toEqual({ ok: false, error: { code: 'too-many-leases', params: { max: 1 } } });
  expect(JSON.stringify([...leases.values()])).not.toContain('secret');
});
