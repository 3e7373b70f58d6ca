import { createHash } from 'node:crypto';
import { silentLog, type Log } from '../../../../main/contract/log.ts';
import type { AccessUnit } from '../../../contract.ts';
import { FakeClock } from '../../../media/testdata/fake-clock.ts';
import type { FromWorker } from '../../../media/workers/worker-protocol.ts';
import { createIngest, type Ingest } from '../ingest.ts';

export const key = 'camera-key-0123456789abcdef';
export const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url');

/** An ingest on a free port, and the relay's end of its link, which does what the test says. */
export async function runningIngest(options: { maxPublishers?: number; admits?: readonly string[]; log?: Log } = {}) {
  const clock = new FakeClock();
  const said: FromWorker[] = [];
  const units: { readonly stream: number; readonly unit: AccessUnit }[] = [];
  const forgotten: number[] = [];
  const heard = new Set<() => void>();
  const admits = new Set((options.admits ?? [key]).map(hashOf));
  const relay = { takesUnits: true, answers: true };
  let ingest: Ingest | null = null;
  const wake = () => heard.forEach((look) => look());
  ingest = await createIngest({
    host: '127.0.0.1',
    port: 0,
    maxPublishers: options.maxPublishers ?? 8,
    clock,
    log: options.log ?? silentLog,
    link: {
      tell(message) {
        said.push(message);
        if (message.kind === 'publish' && relay.answers)
          ingest?.hear({ kind: 'admit', keyHash: message.keyHash, admitted: admits.has(message.keyHash) });
        wake();
      },
      unit(stream, unit) {
        if (relay.takesUnits) units.push({ stream, unit });
        wake();
        return relay.takesUnits;
      },
      forget: (stream) => void forgotten.push(stream),
    },
  });
  const running = ingest;
  return {
    clock,
    ingest: running,
    said,
    units,
    forgotten,
    relay,
    admits,
    /** Resolves when `fits`; looked at whenever the relay hears something. */
    until: (fits: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = () => {
          if (!fits()) return;
          heard.delete(look);
          resolve();
        };
        heard.add(look);
        look();
      }),
    /** Resolves when so many messages of this kind were heard. */
    kinds: (kind: FromWorker['kind']) => said.filter((message) => message.kind === kind),
  };
}
