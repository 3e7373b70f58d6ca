import type { Handlers } from '../../main/contract/catalog.ts';
import type { Ledger } from '../../main/contract/ledger.ts';
import type { LatestValues } from '../../main/contract/readings.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { Directory } from '../directory/directory.ts';
import type { MediaRelay } from '../media/media-relay.ts';
import { publishAddressHandler } from './publish-address.ts';
import { keepPublisherList } from './publisher-list.ts';
import { followPublishers } from './publisher-status.ts';

export interface PublishingDeps {
  readonly ledger: Ledger;
  readonly latest: LatestValues;
  /** `null`: this hub shows no pictures. */
  readonly relay: MediaRelay | null;
  readonly directory: Pick<Directory, 'camera' | 'publishKeys'>;
  readonly clock: Clock;
}

/** Cameras that push: where to, who may, and who does. */
export interface Publishing {
  readonly handlers: Handlers<'camera.publish-address'>;
  /** True for a camera that pushes: its status is known here, and nobody needs to ask. */
  knows(cameraId: string): boolean;
  start(): void;
  stop(): Promise<void>;
}

export function createPublishing({ ledger, latest, relay, directory, clock }: PublishingDeps): Publishing {
  const keys = directory.publishKeys;
  const ending = new AbortController();
  let listing: Promise<void> = Promise.resolve();
  let unfollow = () => {};
  return {
    handlers: { 'camera.publish-address': publishAddressHandler({ ledger, relay, camera: directory.camera }) },
    knows: (cameraId) => relay !== null && keys.has(cameraId),
    start() {
      if (!relay || ending.signal.aborted) return;
      unfollow = followPublishers({ keys, relay, latest, clock });
      listing = keepPublisherList({ keys, relay, clock }, ending.signal);
    },
    async stop() {
      ending.abort();
      unfollow();
      await listing;
    },
  };
}
