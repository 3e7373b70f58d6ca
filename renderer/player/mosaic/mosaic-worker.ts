import { createMosaicHost, tickEveryMs, type MosaicHost } from './mosaic-host.ts';
import type { FromMosaic, ToMosaic } from './mosaic-protocol.ts';
import { choosePainter } from './painter-probe.ts';
import { browserSound } from './sound-decoder.ts';
import { browserDecoders } from './tile-decoder.ts';
import { createWallLinks } from './wall-link.ts';

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  postMessage(message: FromMosaic, transfer?: Transferable[]): void;
  requestAnimationFrame(callback: () => void): number;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToMosaic>) => void): void;
  addEventListener(type: 'error' | 'unhandledrejection', listener: (event: ErrorEvent | PromiseRejectionEvent) => void): void;
}

const scope = globalThis as unknown as WorkerScope;
/** What the page says before the painter is chosen: a scene at most. */
const early: Exclude<ToMosaic, { kind: 'start' }>[] = [];
const maxEarly = 4_096;
let host: MosaicHost | null = null;
let hasFailed = false;

scope.addEventListener('message', ({ data }) => {
  if (hasFailed) return;
  if (data.kind === 'start') void start(data).catch(failed);
  else if (host) host.take(data);
  else if (early.length < maxEarly) early.push(data);
  else failed('the page said too much before the mosaic had started');
});
scope.addEventListener('error', (event) => failed('message' in event ? event.message : event.type));
scope.addEventListener('unhandledrejection', (event) => failed('reason' in event ? event.reason : event.type));

async function start({ canvas, painter: wish }: Extract<ToMosaic, { kind: 'start' }>): Promise<void> {
  const [painter, hardware] = await Promise.all([choosePainter(canvas, wish), hasHardwareDecoder()]);
  if (painter === null) return failed('nothing can be painted on this canvas');
  const running = createMosaicHost({
    links: createWallLinks(),
    decoders: browserDecoders,
    sound: browserSound,
    hardware,
    painter,
    now: () => performance.now(),
    timeOrigin: performance.timeOrigin,
    say: (message, transfer = []) => scope.postMessage(message, transfer),
  });
  host = running;
  for (const message of early.splice(0)) running.take(message);
  const ticking = setInterval(() => (hasFailed ? clearInterval(ticking) : running.tick()), tickEveryMs);
  const frame = () => {
    if (hasFailed) return;
    running.frame();
    scope.requestAnimationFrame(frame);
  };
  scope.requestAnimationFrame(frame);
}

/** Says once that nothing more comes from here, and gives everything back. */
function failed(reason: unknown): void {
  if (hasFailed) return;
  hasFailed = true;
  scope.postMessage({ kind: 'failed', detail: reason instanceof Error ? `${reason.message} ${reason.stack ?? ''}` : String(reason) });
  host?.dispose();
}

/** Whether the browser would decode large H.264 pictures on the machine's own decoder. */
async function hasHardwareDecoder(): Promise<boolean> {
  try {
    const config = { codec: 'avc1.640028', codedWidth: 1920, codedHeight: 1080, hardwareAcceleration: 'prefer-hardware' } as const;
    return (await VideoDecoder.isConfigSupported(config)).supported === true;
  } catch {
    return false;
  }
}
