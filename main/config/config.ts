import { z } from 'zod';

const port = z.number().int().min(0).max(65_535);
const host = z.string().min(1).max(253);
/** An IPv4 or IPv6 network, e.g. `10.20.0.0/16`. */
const network = z.union([z.cidrv4(), z.cidrv6()]);
const logLevel = z.enum(['fatal', 'error', 'warn', 'info', 'debug']);

/**
 * The one configuration file. Every key has a default; `config.reference.yaml` shows them all and a test keeps both equal.
 * Unknown keys are refused: a typo must not silently mean the default.
 */
export const configSchema = z
  .object({
    /** The language of pages whose reader chose none. */
    locale: z.enum(['zh-CN', 'en']).default('zh-CN'),
    hub: z
      .object({
        /** Address to listen on. Anything but loopback needs `tls.enabled`. */
        host: host.default('127.0.0.1'),
        port: port.default(8600),
        /** Other Host header values that are ours, e.g. `command.city.example:8600`. */
        hosts: z.array(host).max(64).default([]),
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
        /** Networks that sources may lead to; everything else is refused, and so are the product's own listeners. */
        cameraNetworks: z
          .array(network)
          .max(256)
          .default(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', 'fc00::/7', '::1/128']),
        /** PEM files of the certificates that cameras signed themselves, or of the authority that signed them: whom `rtsps:` believes besides the known ones. */
        certificates: z.array(z.string().min(1)).max(1024).default([]),
        /** Sources being opened at once, and begun per second: a scene change must not storm the camera network. */
        startsAtOnce: z.number().int().min(1).max(256).default(16),
        startsPerSecond: z.number().int().min(1).max(1000).default(64),
        /** What one recorder or camera host stands. */
        perHost: z
          .object({
            connections: z.number().int().min(1).max(4096).default(256),
            kbps: z.number().int().min(1).default(1_000_000),
          })
          .strict()
          .prefault({}),
        /** Shared lines to parts of the camera network, each with what it stands. */
        uplinks: z
          .array(
            z
              .object({
                name: z.string().min(1).max(64),
                networks: z.array(network).min(1).max(64),
                connections: z.number().int().min(1).max(65_536),
                kbps: z.number().int().min(1),
              })
              .strict(),
          )
          .max(64)
          .default([]),
        /** A camera that breaks off so often within the window is left alone for a while. */
        quarantine: z
          .object({
            breaks: z.number().int().min(2).max(100).default(6),
            withinMs: z.number().int().min(1000).max(3_600_000).default(60_000),
            forMs: z.number().int().min(1000).max(3_600_000).default(30_000),
          })
          .strict()
          .prefault({}),
      })
      .strict()
      .prefault({}),
    /** Asks cameras that nobody watches whether they are there, without pulling video. */
    prober: z
      .object({
        enabled: z.boolean().default(true),
        /** Every camera is asked once in so long. */
        roundMs: z.number().int().min(10_000).max(86_400_000).default(600_000),
        /** What an RTSP camera is asked; `describe` logs in and so finds wrong passwords, `tcp` only connects. */
        method: z.enum(['options', 'describe', 'tcp']).default('options'),
        /** Questions under way at once. */
        atOnce: z.number().int().min(1).max(1024).default(256),
      })
      .strict()
      .prefault({}),
    /** Where cameras push RTMP to. */
    ingest: z
      .object({
        enabled: z.boolean().default(true),
        host: host.default('127.0.0.1'),
        /** 0 takes any free one. */
        port: port.default(1935),
        maxPublishers: z.number().int().min(1).max(4096).default(256),
      })
      .strict()
      .prefault({}),
    /** The FFmpeg process: sources that nothing else opens, transcoding, snapshots. */
    av: z
      .object({
        enabled: z.boolean().default(true),
        maxPulls: z.number().int().min(0).max(256).default(32),
        maxTranscodes: z.number().int().min(0).max(64).default(4),
      })
      .strict()
      .prefault({}),
    /** HTTPS for hub and relay: beyond loopback nothing is plain. `npm run hub -- tls init` makes an authority of one's own for trying. */
    tls: z
      .object({
        enabled: z.boolean().default(false),
        /** PEM: the server's certificate and what leads to its authority; default `<data>/tls/server.crt`. Read again when it changes. */
        certificate: z.string().min(1).optional(),
        /** PEM, readable by the owner alone; default `<data>/tls/server.key`. */
        key: z.string().min(1).optional(),
      })
      .strict()
      .prefault({}),
    accounts: z
      .object({
        /** Must holders of privileged roles have a second factor? `auto`: where the hub listens beyond loopback. */
        secondFactor: z.enum(['auto', 'required', 'optional']).default('auto'),
        /** A console locks itself after so long without a key or a move; 0 never. */
        idleLockMinutes: z.number().int().min(0).max(1440).default(15),
        /** A password must be changed after so long; 0 never. */
        passwordDays: z.number().int().min(0).max(3650).default(180),
        /** So many passwords of the past may not be used again. */
        passwordHistory: z.number().int().min(0).max(24).default(5),
        /** IANA name: what shift windows and the audit's days are reckoned in. */
        timeZone: z
          .string()
          .refine((name) => isTimeZone(name), 'unknown time zone')
          .default('Asia/Shanghai'),
      })
      .strict()
      .prefault({}),
    retention: z
      .object({
        /** The audit and the watch register; the law asks for six months at least (Cybersecurity Law of the PRC, art. 21). */
        auditMonths: z.number().int().min(6).max(240).default(12),
        /** Commands that are over. */
        commandDays: z.number().int().min(1).max(3650).default(90),
        /** Files that were exported and not fetched. */
        exportDays: z.number().int().min(1).max(365).default(30),
        backupsKept: z.number().int().min(1).max(365).default(14),
        /** Raw records of feeds, and the values that they held. */
        journalDays: z.number().int().min(1).max(3650).default(30),
        /** And no more than so much, in MiB. */
        journalMb: z.number().int().min(16).max(10_000_000).default(4096),
      })
      .strict()
      .prefault({}),
    feeds: z
      .object({
        /** Where devices of other systems connect to: anything but loopback is reached over the network, by protocols that have no login worth the name. */
        host: host.default('127.0.0.1'),
      })
      .strict()
      .prefault({}),
    /** Cases of grid governance and urban management, as feeds tell them. */
    cases: z
      .object({
        /** One feed opens no more than so many on one day of the city; the rest is counted and said of the feed. */
        perFeedAndDay: z.number().int().min(1).max(100_000).default(1000),
        /** So many days after an incident was reported the number of whoever called is forgotten. */
        callersKeptDays: z.number().int().min(1).max(36_500).default(365),
        /** A JSON file with this city's time limits by type; absent: the usual ones. */
        limitsFile: z.string().min(1).optional(),
        /** A JSON file with this city's working hours, holidays and make-up days; absent: those of China, as far as they are known. */
        calendarFile: z.string().min(1).optional(),
      })
      .strict()
      .prefault({}),
    /** What everybody may read without a login, pages of others included. */
    publish: z
      .object({
        /** `GET /api/open/parking`: name, place, free spaces and state of car parks, for navigation services and signs. */
        parking: z.boolean().default(false),
      })
      .strict()
      .prefault({}),
    alerts: z
      .object({
        /** After the first alert of a group others wait for so long and are told together; 0: each is told at once. */
        groupWaitSeconds: z.number().int().min(0).max(600).default(5),
        /** Alerts with the same values of these labels are told as one; `subject`: each thing by itself. */
        groupBy: z
          .array(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/))
          .max(8)
          .default(['system', 'rule', 'district']),
        /** So long an alert stays on its wall after it was acknowledged or has cleared; 0: it goes at once. */
        wallLingerSeconds: z.number().int().min(0).max(120).default(5),
        /** Names this house to whoever is told: no spaces, commas, `<` or `&` (CAP 1.2 `sender`). */
        sender: z
          .string()
          .regex(/^[^\s,<&]{1,128}$/)
          .default('taodu'),
        /** Networks that alerts may be sent to; empty: none leaves the house. */
        networks: z.array(network).max(64).default([]),
        /** Systems that are told of alerts. Exercises and what is simulated never reach them. */
        webhooks: z
          .array(
            z
              .object({
                name: z
                  .string()
                  .regex(/^[a-z0-9][a-z0-9-]*$/)
                  .max(64),
                url: z.url({ protocol: /^https?$/ }),
                /** A file with the secret that signs what is sent, readable by the owner alone. */
                secretFile: z.string().min(1).optional(),
                format: z.enum(['json', 'cap']).default('json'),
                atLeast: z.enum(['critical', 'high', 'medium', 'low']).default('high'),
              })
              .strict(),
          )
          .max(16)
          .default([]),
      })
      .strict()
      .prefault({}),
    wall: z
      .object({
        /** The walls whose screens the desktop app opens on this computer. */
        here: z.array(z.string().min(1).max(64)).max(8).default(['main']),
        /** Local time of the wall computers, HH:MM, at which the first screen of a wall makes its page anew; `off`: never. */
        refreshAt: z
          .string()
          .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|off)$/, 'HH:MM or off')
          .default('03:00'),
        /** Each following screen so much later: one at a time. */
        refreshApartMinutes: z.number().int().min(2).max(30).default(3),
      })
      .strict()
      .prefault({}),
    backup: z
      .object({
        /** Default `<data>/backups`; better another disk. */
        folder: z.string().min(1).optional(),
        /** 0 never. */
        everyHours: z.number().int().min(0).max(720).default(24),
      })
      .strict()
      .prefault({}),
    disk: z
      .object({
        /** With less room than this a warning is shown. */
        warnMb: z.number().int().min(1).max(1_000_000).default(2048),
        /** With less than this only alarms, the audit and what ends things are written. */
        stopMb: z.number().int().min(1).max(1_000_000).default(256),
      })
      .strict()
      .prefault({}),
    clock: z
      .object({
        /** NTP servers that the clock is compared with; empty: nobody checks it. */
        servers: z.array(host).max(8).default([]),
        /** Beyond this it is said so. */
        driftMs: z.number().int().min(10).max(60_000).default(1000),
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

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
