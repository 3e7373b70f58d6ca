import type { Told } from '../pipeline/alert-pipeline.ts';

/** Somebody beyond the house who is told of alerts. Exercises and what is simulated never reach it, whatever the routes say. */
export interface Receiver {
  readonly name: string;
  /** Whether it would be told anything of this: what it is not told of need not be kept for it. */
  wants(told: Told): boolean;
  /** Takes what is to be told, at once; what becomes of it shows in the figures. `settled` is called once all of it was taken or given up; not when the receiver stops before. */
  offer(told: Told, settled?: () => void): void;
  readonly figures: {
    readonly sent: number;
    readonly waiting: number;
    /** Given up after the last try, or for want of room. */
    readonly dropped: number;
    /** Exercises and simulated alerts that stayed in the house. */
    readonly kept: number;
  };
  stop(): void;
}
