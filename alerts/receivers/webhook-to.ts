import type { Log } from '../../main/contract/log.ts';
import type { Clock } from '../../main/contract/time.ts';
import { createAddressList } from './address-list.ts';
import { createPoster } from './post.ts';
import type { Receiver } from './receiver.ts';
import { createWebhook, type WebhookSettings } from './webhook.ts';

/** A webhook that sends over the network, to these networks (CIDR) alone. Throws RangeError for a network that is none. */
export function createWebhookTo(
  settings: WebhookSettings,
  { clock, log, networks }: { readonly clock: Clock; readonly log: Log; readonly networks: readonly string[] },
): Receiver {
  const poster = createPoster(createAddressList(networks));
  const webhook = createWebhook(settings, { clock, log, post: (delivery, signal) => poster.post(delivery, signal) });
  return {
    name: webhook.name,
    wants: (told) => webhook.wants(told),
    offer: (told, settled) => webhook.offer(told, settled),
    figures: webhook.figures,
    stop() {
      webhook.stop();
      poster.stop();
    },
  };
}
