import type { PathState } from '../contract.ts';

/**
 * What can happen to one camera profile. `leased`: somebody wants it (again); `left`: the last lease is gone; `picture`: a key
 * frame arrived; `failed`: the source gave up; `retry`: time to try again; `expired`: nobody came back while it lingered;
 * `changed`: the camera's source is another one now.
 */
export type PathEvent = 'leased' | 'left' | 'picture' | 'failed' | 'retry' | 'expired' | 'changed';

/**
 * The next state, or `null` when the event cannot happen in this state. `hasPicture`: a key frame has arrived since the source
 * was last started; it decides where a draining path goes when somebody comes back.
 */
export function nextPathState(state: PathState, event: PathEvent, hasPicture: boolean): PathState | null {
  switch (state) {
    case 'idle':
      return event === 'leased' ? 'starting' : null;
    case 'starting':
    case 'ready':
      if (event === 'picture') return state === 'starting' ? 'ready' : null;
      if (event === 'left') return 'draining';
      if (event === 'failed') return 'failed';
      return event === 'changed' ? 'starting' : null;
    case 'draining':
      // Nobody waits for it: a failure ends it, and it is not tried again.
      if (event === 'expired' || event === 'failed') return 'idle';
      if (event === 'picture') return 'draining';
      return event === 'leased' ? (hasPicture ? 'ready' : 'starting') : null;
    case 'failed':
      if (event === 'retry' || event === 'changed') return 'starting';
      return event === 'left' ? 'idle' : null;
  }
}
