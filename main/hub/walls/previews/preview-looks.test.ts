import { beforeEach, describe, expect, test } from 'vitest';
import { PreviewLooks } from './preview-looks.ts';

let told: string[];
let looks: PreviewLooks;

const watching = {
  given: ({ sessionId, cameraId }: { sessionId: string; cameraId: string }, commandId: string | null) =>
    void told.push(`+${sessionId}:${cameraId} by ${commandId}`),
  ended: ({ sessionId, cameraId }: { sessionId: string; cameraId: string }) => void told.push(`-${sessionId}:${cameraId}`),
};
beforeEach(() => {
  told = [];
  looks = new PreviewLooks(watching, 3);
});

describe('looks by previews', () => {
  test('begin once a session and camera, and end after the last look', () => {
    looks.look('s1', ['c1', 'c2'], 'k1', 0)!.onRecord();
    expect(looks.look('s1', ['c2', 'c1'], 'k2', 2000)!.cameras).toEqual([]);
    looks.look('s2', ['c1'], 'k3', 2000)!.onRecord();
    expect(told).toEqual(['+s1:c1 by k1', '+s1:c2 by k1', '+s2:c1 by k3']);
    expect(looks.size).toBe(3);
    looks.look('s1', ['c2'], 'k4', 9000);
    looks.sweep(2001);
    expect(told.slice(3)).toEqual(['-s1:c1', '-s2:c1']);
    looks.sweep(9001);
    expect(told.slice(5)).toEqual(['-s1:c2']);
    expect(looks.size).toBe(0);
  });

  test('a camera that is in the picture twice is one look', () => {
    expect(looks.look('s1', ['c1', 'c1'], 'k1', 0)!.cameras).toEqual(['c1']);
    expect(told).toEqual(['+s1:c1 by k1']);
  });

  test('what could not be written down begins anew with the next answer', () => {
    looks.look('s1', ['c1'], 'k1', 0);
    const again = looks.look('s1', ['c1'], 'k2', 2000)!;
    expect(again.cameras).toEqual(['c1']);
    again.onRecord();
    expect(looks.look('s1', ['c1'], 'k3', 4000)!.cameras).toEqual([]);
    expect(told).toEqual(['+s1:c1 by k1', '-s1:c1', '+s1:c1 by k2']);
  });

  test('too many at once are refused whole', () => {
    looks.look('s1', ['c1', 'c2'], 'k1', 0)!.onRecord();
    expect(looks.look('s1', ['c2', 'c3', 'c4'], 'k2', 1)).toBeNull();
    expect(looks.look('s1', ['c3'], 'k3', 1)!.cameras).toEqual(['c3']);
    expect(told).toEqual(['+s1:c1 by k1', '+s1:c2 by k1', '+s1:c3 by k3']);
  });

  test('a picture of nothing begins nothing', () => {
    expect(looks.look('s1', [], 'k1', 0)!.cameras).toEqual([]);
    expect([looks.size, told]).toEqual([0, []]);
  });

  test('end with the session, and all together', () => {
    looks.look('s1', ['c1'], 'k1', 0)!.onRecord();
    looks.look('s2', ['c1'], 'k2', 0)!.onRecord();
    looks.look('s3', ['c1'], 'k3', 0)!.onRecord();
    looks.endSession('s1');
    looks.endSession('s1');
    expect(told.slice(3)).toEqual(['-s1:c1']);
    looks.endAll();
    expect(told.slice(4)).toEqual(['-s2:c1', '-s3:c1']);
    expect(looks.size).toBe(0);
  });
});
