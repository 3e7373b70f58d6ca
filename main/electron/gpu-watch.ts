import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { app } from 'electron';
import type { Log } from '../contract/log.ts';
import type { Clock } from '../contract/time.ts';
import { gpuForgivenAfterMs, gpuWords, isGpuLeftOut, oneMoreGpuLoss, parseGpuLosses, type GpuLosses } from './gpu-losses.ts';
import { isGpuHopeless } from './window-plan.ts';

export interface GpuWatchOptions {
  /** Where the losses are kept. */
  readonly file: string;
  readonly version: string;
  readonly clock: Clock;
}

/** What is known of the GPU at the start of the app. */
export interface GpuState {
  readonly losses: GpuLosses | null;
  readonly isLeftOut: boolean;
}

/** Looks what became of the GPU before, and leaves it out when it has to be. Call it before the app is ready. */
export function prepareGpu({ file, version, clock }: GpuWatchOptions): GpuState {
  // A page may use WebGL again after the GPU process was lost.
  app.disableDomainBlockingFor3DAPIs();
  const losses = readLosses(file);
  const isLeftOut = isGpuLeftOut(losses, clock.now(), version);
  if (isLeftOut) app.disableHardwareAcceleration();
  return { losses, isLeftOut };
}

/**
 * Counts the ends of the GPU process. A driver that keeps killing it would take the whole app with it at last: before that `startAgain` is called, once, and
 * the next start goes without the GPU. Returns the end of watching.
 */
export function watchGpu(state: GpuState, options: GpuWatchOptions & { readonly log: Log; startAgain(): void }): () => void {
  const { file, version, clock, log, startAgain } = options;
  const over = new AbortController();
  let endedAt: number[] = [];
  let isGivenUp = state.isLeftOut;
  if (state.isLeftOut && state.losses) log.warn({ losses: state.losses.count }, gpuWords(state.losses, file));
  const gone = (_event: unknown, { type, reason, exitCode }: Electron.Details) => {
    if (type !== 'GPU' || reason === 'clean-exit') return;
    const now = clock.monotonic();
    endedAt = [...endedAt.slice(-9), now];
    log.warn({ reason, exitCode, leftOut: state.isLeftOut }, 'the GPU process ended');
    if (isGivenUp || !isGpuHopeless(endedAt, now)) return;
    isGivenUp = true;
    const losses = oneMoreGpuLoss(state.losses, clock.now(), version);
    if (!keepLosses(file, losses)) {
      // Without that the next start would use it again, and so on for ever.
      log.error({ file }, 'the GPU process keeps ending, and that cannot be written down: Chromium has to help itself');
      return;
    }
    log.error({ losses: losses.count }, gpuWords(losses, file));
    startAgain();
  };
  app.on('child-process-gone', gone);
  if (!state.isLeftOut && state.losses)
    void clock.sleep(gpuForgivenAfterMs, over.signal).then(
      () => isGivenUp || forgetLosses(file, log),
      () => {},
    );
  return () => {
    over.abort();
    app.off('child-process-gone', gone);
  };
}

function readLosses(file: string): GpuLosses | null {
  try {
    return parseGpuLosses(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function forgetLosses(file: string, log: Log): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    log.warn({ file, err: error }, 'the GPU held, and that cannot be written down');
  }
}

function keepLosses(file: string, losses: GpuLosses): boolean {
  try {
    writeFileSync(file, `${JSON.stringify(losses)}\n`, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
