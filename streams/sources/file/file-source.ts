import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { problem, ProblemError } from '../../../main/contract/errors.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { Profile, SourceSpec } from '../../contract.ts';
import type { AccessUnitSink, MediaSource } from '../../media/source.ts';
import type { Clip } from './clip.ts';
import type { ClipCache } from './clip-cache.ts';
import { openClipFile, type ClipPolicy, type OpenClipFile } from './open-clip-file.ts';
import { readContainerClip } from './read-container-clip.ts';
import { readRawClip } from './read-raw-clip.ts';

export { createClipCache, type ClipCache } from './clip-cache.ts';

export interface FileSourceOptions extends ClipPolicy {
  readonly clock: Clock;
  readonly cache: ClipCache;
}

/** So far behind, catching up would be a burst of old pictures: the machine was asleep. */
const reanchorMs = 1000;

/**
 * A recording played in a loop as if it were a camera: in real time, with times that go on rising when it begins again.
 * Like a camera, it may begin between two key pictures.
 */
export function createFileSource(spec: Extract<SourceSpec, { kind: 'file' }>, options: FileSourceOptions): MediaSource {
  const { clock } = options;
  return {
    async run(profile: Profile, sink: AccessUnitSink, signal: AbortSignal): Promise<void> {
      if (signal.aborted) return;
      const { clip, end } = await loadClip(profile === 'sub' ? (spec.subUrl ?? spec.url) : spec.url, options);
      using _playing = { [Symbol.dispose]: end };
      const phaseUs = ((spec.phaseMs ?? 0) * 1000) % clip.durationUs;
      let index = firstAtOrAfter(clip, phaseUs);
      let loopUs = 0;
      if (index === clip.units.length) {
        index = 0;
        loopUs = clip.durationUs;
      }
      let anchorUs = loopUs + clip.units[index]!.dtsUs;
      let anchorAt = clock.monotonic();
      let discontinuity = true;
      while (!signal.aborted) {
        const unit = clip.units[index]!;
        const dtsUs = loopUs + unit.dtsUs;
        // Always from the anchor, never from the last sleep: lateness does not add up.
        const waitMs = anchorAt + (dtsUs - anchorUs) / 1000 - clock.monotonic();
        if (waitMs >= 1) {
          if (!(await sleepUnlessAborted(clock, waitMs, signal))) return;
          continue;
        }
        if (waitMs < -reanchorMs) {
          anchorUs = dtsUs;
          anchorAt = clock.monotonic();
          discontinuity = true;
        }
        const { annexB, key, corrupt } = unit;
        sink.push({ codec: 'h264', annexB, ptsUs: loopUs + unit.ptsUs, dtsUs, receivedAtMs: clock.now(), key, discontinuity, corrupt });
        discontinuity = false;
        index += 1;
        if (index === clip.units.length) {
          index = 0;
          loopUs += clip.durationUs;
        }
      }
    },
  };
}

async function sleepUnlessAborted(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return !signal.aborted;
}

/** Index of the first unit at or after a time within the loop; the number of units when there is none. */
function firstAtOrAfter(clip: Clip, us: number): number {
  let low = 0;
  let high = clip.units.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (clip.units[middle]!.dtsUs < us) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function loadClip(url: string, options: FileSourceOptions): Promise<{ readonly clip: Clip; readonly end: () => void }> {
  const opened = await openClipFile(url, options);
  if (!opened.ok) throw new ProblemError(opened.error);
  const file = opened.value;
  const key = `${file.realPath}\n${file.version}`;
  const end = options.cache.play(key, file.size);
  try {
    if (!end) throw new ProblemError(problem('relay-overloaded', { file: file.shownName }));
    return { clip: await options.cache.get(key, () => readClip(file)), end };
  } catch (error) {
    end?.();
    throw error;
  } finally {
    await file.handle.close();
  }
}

async function readClip(file: OpenClipFile): Promise<Clip> {
  const { handle, size, shownName } = file;
  const isRaw = ['.h264', '.264'].includes(path.extname(file.realPath).toLowerCase());
  const unreadable = (error: unknown) =>
    new ProblemError(problem('source-file-unreadable', { file: shownName }, `${shownName}: ${String(error)}`));
  const read = (start: number, end: number) =>
    readRange(handle, start, end).catch((error: unknown) => {
      throw unreadable(error);
    });
  if (isRaw) {
    const clip = await readRawClip(await read(0, size));
    if (!clip) throw new ProblemError(problem('source-no-video', { file: shownName }));
    return clip;
  }
  // Whatever the container reader makes of a damaged file is the file's fault.
  const clip = await readContainerClip({ size, read }, shownName).catch((error: unknown) => {
    throw error instanceof ProblemError ? error : unreadable(error);
  });
  if (!clip) throw unreadable('no playable pictures');
  return clip;
}

/** The bytes from `start` to `end`, fewer when the file has become shorter meanwhile. */
async function readRange(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(bytes.length - done, 16 * 1024 * 1024), start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}
