import { z } from 'zod';

const port = z.number().int().min(0).max(65_535);
const host = z.string().min(1).max(253);
const logLevel = z.enum(['fatal', 'error', 'warn', 'info', 'debug']);

/**
 * The one configuration file. Every key has a default; `config.reference.yaml` shows them all and a test keeps both equal.
 * Unknown keys are refused: a typo must not silently mean the default.
 */
export const configSchema = z
  .object({
    hub: z
      .object({
        /** Address to listen on. Anything but loopback needs `allowPlainHttp` until TLS is set up. */
        host: host.default('127.0.0.1'),
        port: port.default(8600),
        /** Other Host header values that are ours, e.g. `command.city.example:8600`. */
        hosts: z.array(host).max(64).default([]),
        allowPlainHttp: z.boolean().default(false),
        /** The longest request body in bytes. */
        bodyLimitBytes: z
          .number()
          .int()
          .min(1024)
          .max(256 * 1024 * 1024)
          .default(64 * 1024 * 1024),
        sessionHours: z.number().positive().max(168).default(12),
        wallSessionDays: z.number().positive().max(3650).default(365),
      })
      .strict()
      .prefault({}),
    relay: z
      .object({
        host: host.default('127.0.0.1'),
        port: port.default(0),
        /** How pages reach the relay when it is not on the hub's own host, e.g. `http://media.city.example:8700`. */
        publicUrl: z.url().optional(),
        /** Folders that sources of kind `file` may read; empty: any regular file that the service user can read. */
        fileRoots: z.array(z.string().min(1)).max(64).default([]),
        /** How long a camera stays open after the last viewer left. */
        lingerMs: z.number().int().min(0).max(600_000).default(15_000),
        /** No picture for this long: the source is treated as failed. */
        watchdogMs: z.number().int().min(1000).max(120_000).default(8_000),
        maxPaths: z.number().int().min(1).max(4096).default(512),
        maxLeases: z.number().int().min(1).max(65_536).default(8192),
        /** Target length of a part of low-latency HLS. */
        partMs: z.number().int().min(100).max(2000).default(334),
        /** Complete segments kept for each stream that somebody watches over HLS. */
        segments: z.number().int().min(3).max(20).default(6),
      })
      .strict()
      .prefault({}),
    ledger: z
      .object({
        /** Commits kept for clients that come back; older ones get a snapshot. */
        changesKept: z.number().int().min(100).max(10_000_000).default(100_000),
      })
      .strict()
      .prefault({}),
    log: z
      .object({ level: logLevel.default('info') })
      .strict()
      .prefault({}),
  })
  .strict();

export type Config = z.output<typeof configSchema>;
