import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AccessUnitAssembler, type AssembledUnit } from '../../protocols/h264/access-unit-assembler.ts';
import { splitNalUnits } from '../../protocols/h264/annex-b.ts';
import { cityScenes, loopSeconds } from './city-scenes.ts';
import { RayPainter } from './ray-painter.ts';

const folder = import.meta.dirname;
const list = JSON.parse(readFileSync(path.join(folder, 'clips.json'), 'utf8')) as {
  name: string;
  title: { zh: string; en: string };
  sub: string;
  main: string | null;
  seconds: number;
}[];

function unitsOf(file: string): AssembledUnit[] {
  const assembler = new AccessUnitAssembler();
  const units = splitNalUnits(readFileSync(path.join(folder, file))).flatMap((nal) => assembler.push(nal) ?? []);
  return [...units, assembler.flush()!];
}

describe('the bundled clips', () => {
  it('are listed, all there, none besides, and small', () => {
    expect(list.map((clip) => clip.name)).toEqual(cityScenes.map((scene) => scene.name));
    const files = readdirSync(folder).filter((name) => name.endsWith('.h264'));
    expect(files.sort()).toEqual(list.flatMap((clip) => (clip.main ? [clip.sub, clip.main] : [clip.sub])).sort());
    const bytes = files.reduce((sum, file) => sum + readFileSync(path.join(folder, file)).length, 0);
    expect(bytes).toBeLessThanOrEqual(10_000_000);
  });

  const files = list.flatMap((clip) => [
    { file: clip.sub, width: 640, height: 360, seconds: clip.seconds, maxKbps: 450 },
    ...(clip.main ? [{ file: clip.main, width: 1280, height: 720, seconds: clip.seconds, maxKbps: 1300 }] : []),
  ]);
  it.each(files)(
    '$file: Main profile, 15 a second, a closed GOP every second, no B-frames',
    ({ file, width, height, seconds, maxKbps }) => {
      const units = unitsOf(file);
      expect(units).toHaveLength(15 * seconds);
      expect(units[0]!.sps).toMatchObject({ profile: 77, width, height, fps: 15 });
      expect(units.every((unit, i) => unit.key === (i % 15 === 0) && !unit.corrupt)).toBe(true);
      expect(units.some((unit) => unit.slice!.sliceType === 1)).toBe(false);
      expect((readFileSync(path.join(folder, file)).length * 8) / seconds / 1000).toBeLessThan(maxKbps);
    },
  );
});

describe.each(cityScenes)('scene $mark, $name', ({ scene }) => {
  it('ends where it began', () => {
    const { moving } = scene();
    const places = (seconds: number) =>
      moving(seconds)
        .map((placed) => [placed.x, placed.y, placed.z, placed.yaw].map((value) => value.toFixed(3)).join(' '))
        .sort();
    expect(places(loopSeconds)).toEqual(places(0));
    expect(places(1)).not.toEqual(places(0));
  });

  it('is the same picture every time, and moves', () => {
    const painter = new RayPainter(scene(), 48, 27);
    const [first, again, later] = [
      painter.paint(0, loopSeconds, 0),
      new RayPainter(scene(), 48, 27).paint(0, loopSeconds, 0),
      painter.paint(3, loopSeconds, 45),
    ];
    expect(Buffer.compare(first, again)).toBe(0);
    expect(Buffer.compare(first, later)).not.toBe(0);
  });
});
