import type { EpochMs } from '../../main/contract/time.ts';

/** The file name of a snapshot: the camera's number and the time in the reader's zone, in characters that every file system takes. */
export function snapshotName(number: string, at: EpochMs): string {
  const time = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
  const clock = `${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
  const safe = number.replaceAll(/[^\p{L}\p{N}.-]+/gu, '_').replace(/^[._]+/, '');
  return `${safe === '' ? 'camera' : safe}_${day}-${clock}.png`;
}
