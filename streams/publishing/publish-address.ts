import type { Handlers } from '../../main/contract/catalog.ts';
import { problem } from '../../main/contract/errors.ts';
import type { Ledger } from '../../main/contract/ledger.ts';
import { err, ok } from '../../main/contract/result.ts';
import type { Camera } from '../contract.ts';
import { isPushed, makePublishKey } from '../directory/publish-keys.ts';
import { sourceOf, sourceSecretKey } from '../directory/source-of.ts';
import type { MediaRelay } from '../media/media-relay.ts';

export interface PublishAddressDeps {
  readonly ledger: Ledger;
  /** `null`: this hub shows no pictures. */
  readonly relay: Pick<MediaRelay, 'ingestUrl'> | null;
  camera(id: string): Camera | undefined;
}

/**
 * Handles `camera.publish-address`. The key is in the answer and nowhere else. A camera whose key was lost gets a new one even unasked.
 * Errors: `camera-unknown`, `source-kind-unsupported` {kind} for a camera that does not push, `worker-unavailable` {worker} while
 * nothing listens: then nothing is renewed either.
 */
export function publishAddressHandler({
  ledger,
  relay,
  camera,
}: PublishAddressDeps): Handlers<'camera.publish-address'>['camera.publish-address'] {
  return ({ cameraId, renew }) => {
    const pushing = camera(cameraId);
    if (!pushing) return err(problem('camera-unknown', { cameraId }));
    if (!isPushed(pushing.source)) return err(problem('source-kind-unsupported', { kind: pushing.source.kind }));
    const base = relay?.ingestUrl();
    if (!base) return err(problem('worker-unavailable', { worker: 'ingest' }));
    const source = sourceOf(pushing, ledger);
    const kept = source?.kind === 'rtmp' ? source.publishKey : undefined;
    if (kept !== undefined && !renew) return ok({ result: { url: `${base}/${kept}`, key: kept } });
    const key = makePublishKey();
    return ok({
      result: { url: `${base}/${key}`, key },
      // The entity says nothing new; its commit tells everybody who keeps keys to look at the secret again.
      changes: [{ collection: 'cameras', op: 'put', key: cameraId, value: { ...pushing, source: { ...pushing.source, hasSecret: true } } }],
      secrets: [{ key: sourceSecretKey(cameraId), value: JSON.stringify({ kind: 'rtmp', publishKey: key }) }],
      after: { renewed: true },
    });
  };
}
