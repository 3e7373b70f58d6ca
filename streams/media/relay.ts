import type { Log } from '../../main/contract/log.ts';
import type { Clock } from '../../main/contract/time.ts';
import { HlsStream } from './hls/hls-stream.ts';
import type { RelayStart } from './media-relay.ts';
import { createOpenSource } from './open-source.ts';
import { serveRelay, type RelayServer } from './relay-server.ts';

/** The media relay, complete: the parts that its start message describes, behind one listener. Rejects when it cannot listen. */
export function createRelay(start: RelayStart, { clock, log }: { readonly clock: Clock; readonly log: Log }): Promise<RelayServer> {
  return serveRelay({
    host: start.host,
    port: start.port,
    key: Buffer.from(start.key, 'base64'),
    lingerMs: start.lingerMs,
    watchdogMs: start.watchdogMs,
    maxPaths: start.maxPaths,
    maxLeases: start.maxLeases,
    starts: start,
    quarantine: start.quarantine,
    openSource: createOpenSource({ clipsFolder: start.clipsFolder, fileRoots: start.fileRoots, clock }),
    createHls: () => new HlsStream({ partMs: start.partMs, segments: start.segments }),
    clock,
    log,
  });
}
