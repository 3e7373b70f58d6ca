import { setImmediate as nextTurn } from 'node:timers/promises';
import { AccessUnitAssembler, type AssembledUnit } from '../../protocols/h264/access-unit-assembler.ts';
import { iterateNalUnits, joinNalUnits } from '../../protocols/h264/annex-b.ts';
import { makeClip, type Clip, type ClipUnit } from './clip.ts';
import { presentationOrder, type OrderedPicture } from './picture-order.ts';

/** For streams that do not say. */
const defaultFps = 25;
/** Other streams get a turn after so many bytes. */
const turnBytes = 4 * 1024 * 1024;

/** Cuts a raw H.264 byte stream into access units; null when there is nothing to play in it. */
export async function readRawClip(bytes: Uint8Array): Promise<Clip | null> {
  const assembler = new AccessUnitAssembler();
  const pictures: (OrderedPicture & { readonly annexB: Uint8Array; readonly key: boolean; readonly corrupt: boolean })[] = [];
  let fps: number | null = null;
  const take = (unit: AssembledUnit | null) => {
    if (!unit) return;
    fps ??= unit.sps?.fps ?? null;
    pictures.push({ annexB: joinNalUnits(unit.nals), key: unit.key, corrupt: unit.corrupt, sps: unit.sps, slice: unit.slice });
  };
  let turn = turnBytes;
  for (const nal of iterateNalUnits(bytes)) {
    take(assembler.push(nal));
    if (nal.byteOffset - bytes.byteOffset < turn) continue;
    turn += turnBytes;
    await nextTurn();
  }
  take(assembler.flush());

  const intervalUs = 1_000_000 / (fps ?? defaultFps);
  const shown = presentationOrder(pictures);
  const units = pictures.map(({ annexB, key, corrupt }, index): ClipUnit => ({
    annexB,
    dtsUs: Math.round(index * intervalUs),
    ptsUs: Math.round(shown[index]! * intervalUs),
    key,
    corrupt,
  }));
  return makeClip(units, Math.round(units.length * intervalUs));
}
