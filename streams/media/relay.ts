import { ProblemError } from '../../main/contract/errors.ts';
import type { Log } from '../../main/contract/log.ts';
import type { Clock } from '../../main/contract/time.ts';
import { watchCertificate } from '../../main/tls/certificate-watch.ts';
import { boundedSource } from '../sources/bounded-source.ts';
import { openClipFile } from '../sources/file/open-clip-file.ts';
import { probeRtsp } from '../sources/rtsp/probe-rtsp.ts';
import { readCertificates } from '../sources/rtsp/read-certificates.ts';
import { createRtspSource } from '../sources/rtsp/rtsp-source.ts';
import { createTlsTrust } from '../sources/rtsp/tls-trust.ts';
import { createCameraProber } from './camera-prober.ts';
import { createCameraQuestions, openPathOf } from './camera-questions.ts';
import { HlsStream } from './hls/hls-stream.ts';
import type { RelayStart } from './media-relay.ts';
import { createOpenSource, hashOfKey } from './open-source.ts';
import { listenersOf, relayAddressPolicy } from './own-listeners.ts';
import { Publishers } from './publishers.ts';
import { reachAddress } from './reach-address.ts';
import { serveRelay, type RelayServer } from './relay-server.ts';
import { createH264View } from './workers/h264-view.ts';
import { createWorkerDoor } from './workers/worker-door.ts';

/** How long a probe waits for a connection. */
const reachMs = 4000;

/** The media relay, complete: the parts that its start message describes, behind one listener. Rejects when it cannot listen, and with `config-invalid` or `certificate-unusable` when a certificate cannot be read. */
export async function createRelay(start: RelayStart, { clock, log }: { readonly clock: Clock; readonly log: Log }): Promise<RelayServer> {
  const key = Buffer.from(start.key, 'base64');
  const trust = createTlsTrust(await readCertificates(start.certificates));
  const watched = start.tls ? await watchCertificate(start.tls, { clock, log }) : null;
  if (watched?.ok === false) throw new ProblemError(watched.error);
  const certificate = watched?.value ?? null;
  const publishers = new Publishers(clock);
  const workerDoor = createWorkerDoor({ key, publishers, clock, log });
  const { workers } = workerDoor;
  let relay: RelayServer | null = null;
  const listeners = () => (relay ? [...new Set([relay.port, relay.controlPort])] : []);
  const policy = relayAddressPolicy(start.cameraNetworks, () => [
    ...listeners().flatMap((port) => [start.host, '127.0.0.1'].map((host) => ({ host, port }))),
    ...listenersOf([...(relay?.origins ?? []), publishers.url]),
  ]);
  const openSource = createOpenSource({
    clipsFolder: start.clipsFolder,
    fileRoots: start.fileRoots,
    clock,
    policy,
    workers,
    rtsp: (spec) => createRtspSource(spec, { clock, policy, trust }),
  });
  const served = serveRelay({
    host: start.host,
    port: start.port,
    tls: certificate && start.tls ? { certificate: certificate.current, controlPort: start.tls.controlPort } : undefined,
    key,
    lingerMs: start.lingerMs,
    watchdogMs: start.watchdogMs,
    maxPaths: start.maxPaths,
    maxLeases: start.maxLeases,
    starts: start,
    quarantine: start.quarantine,
    openSource: (spec) => boundedSource(openSource(spec), clock),
    createHls: () => new HlsStream({ partMs: start.partMs, segments: start.segments }),
    createH264View: (feed) => createH264View(feed, { workers, clock }),
    publishers,
    workerDoor,
    questions: (core) => {
      const prober = createCameraProber({
        atOnce: start.probesAtOnce,
        clock,
        counters: core.counters,
        openPath: (cameraId) => openPathOf(core, cameraId),
        rtsp: (url, method) => probeRtsp(url, method, { clock, policy, trust }),
        reach: (host, port) => reachAddress(host, port, policy, reachMs),
        async file(url) {
          const opened = await openClipFile(url, start);
          if (!opened.ok) return opened.error;
          await opened.value.handle.close();
          return null;
        },
        isPublishing: (publishKey) => (publishers.url === null ? null : publishers.isPublishing(hashOfKey(publishKey))),
      });
      return createCameraQuestions(core, prober, workers);
    },
    clock,
    log,
  });
  relay = await served.catch((cause: unknown) => {
    certificate?.stop();
    throw cause;
  });
  const { stop, useCertificate } = relay;
  certificate?.onChange(useCertificate);
  return Object.assign(relay, {
    stop() {
      certificate?.stop();
      return stop();
    },
  });
}
