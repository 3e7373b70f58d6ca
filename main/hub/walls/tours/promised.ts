import type { CoveragePromise } from '../../../../layouts/contract.ts';
import type { Camera } from '../../../../streams/contract.ts';

type Where = Pick<CoveragePromise, 'district' | 'groups'>;

/** Whether a camera is one of those that a fair-coverage tour promises to show: in its district, and in one of its groups if it names any. */
export function promised({ district, groups }: Where): (camera: Pick<Camera, 'district' | 'groups'>) => boolean {
  const wanted = new Set(groups);
  return (camera) =>
    (district === null || camera.district.startsWith(district)) && (wanted.size === 0 || camera.groups.some((group) => wanted.has(group)));
}
