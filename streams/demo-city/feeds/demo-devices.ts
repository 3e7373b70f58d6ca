import { FakeHj212Device } from '../../feeds/hj212/fake-device.ts';
import { FakeJt808Device, fakePosition } from '../../feeds/jt808/fake-device.ts';
import type { StationReport } from './demo-payloads.ts';
import type { DemoVehicle, VehicleFix } from './demo-vehicles.ts';

/** A device of the demo city: it connects when it has something to say, and again when the connection was lost. */
export interface DemoDevice<R> {
  readonly isConnected: boolean;
  /** Whether it was acknowledged; null: the report before is still on its way. Never rejects. */
  report(what: R, at: number): Promise<boolean | null>;
  close(): Promise<void>;
}

interface Link {
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** After so many turns without an answer the connection is given up. */
const turnsAtMost = 4;

function device<L extends Link, R>(connect: () => Promise<L>, tell: (link: L, what: R, at: number) => Promise<boolean>): DemoDevice<R> {
  let link: L | null = null;
  let missed = 0;
  let isBusy = false;
  return {
    get isConnected() {
      return link !== null;
    },
    async report(what, at) {
      if (isBusy) {
        missed += 1;
        if (missed > turnsAtMost) await link?.close();
        return null;
      }
      isBusy = true;
      missed = 0;
      try {
        if (!link) {
          const made = await connect();
          link = made;
          void made.closed.then(() => {
            if (link === made) link = null;
          });
        }
        return await tell(link, what, at);
      } catch {
        await link?.close();
        return false;
      } finally {
        isBusy = false;
      }
    },
    async close() {
      await link?.close();
    },
  };
}

/** A station that reports over HJ 212. */
export const demoStation = (host: string, port: number, { mn, st }: StationReport): DemoDevice<StationReport['values']> =>
  device(
    () => FakeHj212Device.connect(port, { mn, st }, host),
    async (link, values, at) => (await link.report(values, Math.floor(at / 1000) * 1000)).cn === '9014',
  );

/** A vehicle whose terminal reports over JT/T 808, those of tankers by datagrams; its plate is written in GBK. */
export function demoTerminal(host: string, port: number, { phone, plate, feedId }: DemoVehicle): DemoDevice<VehicleFix> {
  return device(
    async () => {
      const link = await (feedId === 'demo-tankers' ? FakeJt808Device.overUdp : FakeJt808Device.connect)(port, { phone, plate }, host);
      try {
        await link.logIn();
      } catch (cause) {
        await link.close();
        throw cause;
      }
      return link;
    },
    async (link, { lat, lon, speedKmh, direction, isOn }, at) =>
      (await link.report(fakePosition(Math.floor(at / 1000) * 1000, lat, lon, { speedKmh, direction, status: isOn ? 0b11 : 0b10 }))) === 0,
  );
}
