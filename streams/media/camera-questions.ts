import { problem, type ErrorCode } from '../../main/contract/errors.ts';
import { err } from '../../main/contract/result.ts';
import type { PathState, Profile } from '../contract.ts';
import type { CameraProber } from './camera-prober.ts';
import type { ControlQuestions } from './control-door.ts';
import type { RelayCore } from './relay-core.ts';
import type { Workers } from './workers/workers.ts';

/** What answers the hub's questions: the prober, and the open paths. */
export function createCameraQuestions(core: RelayCore, prober: CameraProber, workers: Pick<Workers, 'snapshot'>): ControlQuestions {
  return {
    probe: (targets, method) => prober.probe(targets, method),
    async snapshot(cameraId, profile, mark) {
      const path = core.entry(cameraId, profile)?.path;
      const picture = path?.latestKey;
      if (!picture) return err(path?.state === 'failed' && path.failure ? path.failure : problem('path-starting'));
      return workers.snapshot(picture, mark);
    },
  };
}

/** The better of a camera's open paths: what the prober is told instead of asking it. */
export function openPathOf(core: RelayCore, cameraId: string): { readonly state: PathState; readonly reason: ErrorCode | null } | null {
  const profiles: readonly Profile[] = ['main', 'sub'];
  const open = profiles.flatMap((profile) => core.entry(cameraId, profile)?.path ?? []).filter(({ state }) => state !== 'idle');
  return open.find(({ state }) => state === 'ready' || state === 'draining') ?? open[0] ?? null;
}
