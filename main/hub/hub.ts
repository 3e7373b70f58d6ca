import type { Wall } from '../../layouts/contract.ts';
import { createCityRoom, createLivingCity, createRelayClient, createStreams, recentValues, systems } from '../../streams/index.ts';
import { problem, ProblemError, type Problem } from '../contract/errors.ts';
import type { SessionId } from '../contract/ids.ts';
import type { Log } from '../contract/log.ts';
import { err, ok, type Result } from '../contract/result.ts';
import type { Clock } from '../contract/time.ts';
import { systemClock } from '../supervision/system-clock.ts';
import { watchCertificate, type CertificateWatch } from '../tls/certificate-watch.ts';
import { tlsFiles } from '../tls/tls-files.ts';
import { createAccounts } from './accounts/accounts.ts';
import { createPasswordHasher, type PasswordHasher } from './accounts/password-hash.ts';
import { createAlertRoom } from './alerting/alert-room.ts';
import { createAuditLog } from './audit/audit-log.ts';
import { openAuditRoom } from './audit/audit-room.ts';
import { cityDays } from './audit/city-day.ts';
import { createCommandGateway } from './commands/command-gateway.ts';
import { demoCityPrincipal } from './demo-city-principal.ts';
import { createDeskRoom } from './desk/desk-room.ts';
import { createDispatchRoom } from './dispatch/dispatch-room.ts';
import { addPhotoRoutes } from './dispatch/photo-routes.ts';
import { addApiRoutes } from './gateway/api-routes.ts';
import { createCollectionPages } from './gateway/collection-pages.ts';
import { addExportRoutes } from './gateway/export-routes.ts';
import { addFeedRoutes } from './gateway/feed-routes.ts';
import { addFieldDoor } from './gateway/field-door.ts';
import { createHttpServer } from './gateway/http-server.ts';
import { createMetrics, type MetricSource } from './gateway/metrics.ts';
import { createOwnOrigins } from './gateway/own-origins.ts';
import { addOpenRoutes, openPaths } from './gateway/open-routes.ts';
import { addPageRoutes } from './gateway/page-routes.ts';
import { createPrincipalDoor } from './gateway/principal.ts';
import { createSocketGateway } from './gateway/socket-gateway.ts';
import { createSubscriptions } from './gateway/subscriptions.ts';
import { beginFirstStart, endFirstStart } from './first-start.ts';
import { createFieldHandlers } from './field/field-handlers.ts';
import { createFieldLinks } from './field/field-links.ts';
import type { HubStart } from './hub-start.ts';
import { instanceId } from './instance-id.ts';
import { feedsMetrics } from './journal/feeds-metrics.ts';
import { openJournal } from './journal/open-journal.ts';
import { openDataFolder } from './ledger/data-folder.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { createOperations } from './operations/operations.ts';
import { createLatestValues } from './readings/latest-values.ts';
import { createScopeLookup } from './scope-lookup.ts';
import { createHolds } from './walls/holds/holds.ts';
import { createLayouts } from './walls/layouts/layout-service.ts';
import { createPairing } from './walls/pairing.ts';
import { startPreviews } from './walls/previews/previews.ts';
import { createPresets } from './walls/presets/presets.ts';
import { startSeenCameras } from './walls/seen/seen-cameras.ts';
import { showingTiles } from './walls/showing-tiles.ts';
import { createAlarmRoom } from './walls/alarm-room.ts';
import { showsCamera } from './walls/shows-camera.ts';
import { startCoverageTours } from './walls/tours/coverage-tours.ts';
import { createTours } from './walls/tours/tour-service.ts';
import { screenFigures } from './walls/screen-figures.ts';
import { createWalls } from './walls/wall-service.ts';

export interface HubOptions extends HubStart {
  readonly log: Log;
  readonly clock?: Clock;
  /** How passwords are hashed; a test does not take half a second for each. */
  readonly hasher?: PasswordHasher;
}

export interface Hub {
  /** How this machine reaches it, e.g. `http://127.0.0.1:8600`. */
  readonly origin: string;
  readonly port: number;
  readonly epoch: number;
  /** One-time link to the console; only with `demo`, and at the first start of a city that somebody set up. */
  readonly loginUrl: string | null;
  /** Where the generated first password stands, unless it was changed before this start or one was given. */
  readonly passwordFile: string | null;
  /** A one-time link that opens the page of one screen on this machine. */
  wallLink(wallId: string, screenId: string): string;
  /** Orderly, within three seconds. */
  stop(): Promise<void>;
}

type Ending = () => void | Promise<void>;

const volatileFlushMs = 100;
/** How long running commands may take to end once the hub stops. */
const lastCommandsMs = 1500;

/** Builds and starts a hub. An expected failure (folder in use, port taken) is a Problem and leaves nothing running. */
export async function createHub(options: HubOptions): Promise<Result<Hub, Problem>> {
  const endings: Ending[] = [];
  let ended: Promise<void> | null = null;
  const end = () => (ended ??= endAll(endings, options.log));
  try {
    return ok({ ...(await compose(options, (ending) => endings.push(ending))), stop: end });
  } catch (cause) {
    await end();
    if (cause instanceof ProblemError) return err(cause.problem);
    throw cause;
  }
}

async function endAll(endings: Ending[], log: Log): Promise<void> {
  for (let ending = endings.pop(); ending; ending = endings.pop()) {
    try {
      await ending();
    } catch (cause) {
      // what is below must still be ended, the ledger above all
      log.error({ err: cause }, 'a part of the hub did not end in order');
    }
  }
}

/** One straight line from the data folder to the open door. Every part that starts hands over its end; they run in reverse. */
async function compose(options: HubOptions, atEnd: (ending: Ending) => void): Promise<Omit<Hub, 'stop'>> {
  const { config, demo, log, version, clock = systemClock } = options;

  const opened = openDataFolder(options.dataFolder);
  if (!opened.ok) throw new ProblemError(opened.error);
  const dataFolder = opened.value.path;
  atEnd(() => opened.value.release());
  const { firstStart = null } = options;
  const notFirst = firstStart && beginFirstStart(dataFolder);
  if (notFirst) throw new ProblemError(notFirst);

  const certificate = await openCertificate(options, dataFolder);
  if (certificate) atEnd(() => certificate.stop());

  const ledger = openLedger(dataFolder, { changesKept: config.ledger.changesKept, clock, log });
  atEnd(() => ledger.close());
  const latest = createLatestValues({ flushMs: volatileFlushMs, clock });
  atEnd(() => latest.stop());
  const audit = createAuditLog(ledger.database, clock);
  const auditRoom = openAuditRoom({
    ledger,
    audit,
    dataFolder,
    config,
    clock,
    log,
    claimOf: (id) => streams.cameraScope(id),
    onVerdict: (verdict) => operations.auditVerified(verdict),
  });
  atEnd(() => auditRoom.stop());

  const { adminPassword, hasher = createPasswordHasher() } = options;
  const accounts = await createAccounts({ ledger, latest, clock, log, config, dataFolder, adminPassword, demo, hasher });
  atEnd(() => accounts.stop());

  const pageUrl = config.relay.publicUrl ?? options.relay?.pageUrl;
  const relay =
    options.relay &&
    createRelayClient({
      ...options.relay,
      clock,
      log,
      epoch: ledger.epoch,
      ...(pageUrl === undefined ? {} : { publicUrl: pageUrl }),
    });
  if (relay) atEnd(() => relay.stop());
  const { url: relayUrl, pageUrl: relayPageUrl = relayUrl } = options.relay ?? {};
  const relays = () => [relayPageUrl, pageUrl, relay?.baseUrl()].flatMap((url) => (url ? [new URL(url).origin] : []));

  const alarms = createAlarmRoom({ ledger, clock, log, lingerMs: config.alerts.wallLingerSeconds * 1000 });
  atEnd(() => alarms.stop());
  const streams = createStreams({
    ledger,
    latest,
    relay,
    clock,
    log,
    demo,
    onStory: (...told) => livingCity?.tell(...told),
    timeZone: config.accounts.timeZone,
    clipsFolder: options.clipsFolder,
    sessionAlive: (id) => accounts.isAlive(id as SessionId),
    showsCamera: ({ wallId, screenId }, cameraId) =>
      showsCamera(ledger.get('walls', wallId) as Wall | undefined, screenId, cameraId) || alarms.shows(wallId, screenId, cameraId),
    watching: auditRoom.watching,
    prober: config.prober,
    showing: (cameraId) => showingTiles({ ledger, latest }, cameraId, clock.now()),
  });
  let seeded: Promise<void> = Promise.resolve();
  atEnd(async () => {
    await streams.stop();
    await seeded;
  });
  atEnd(accounts.onSessionEnd((session) => streams.sessionEnded(session.id)));

  const journal = openJournal({
    dataFolder,
    limits: { keepMs: config.retention.journalDays * 86_400_000, keepBytes: config.retention.journalMb * 2 ** 20 },
    clock,
    log,
  });
  atEnd(() => journal.stop());
  const alerts = createAlertRoom({
    ledger,
    latest,
    rules: systems.flatMap(({ rules }) => rules),
    config: config.alerts,
    clock,
    log,
  });
  alerts.start(await recentValues(journal, ledger, clock.now(), log));
  atEnd(() => alerts.stop());
  const days = cityDays(config.accounts.timeZone);
  const cityRoom = createCityRoom({
    ledger,
    latest,
    journal,
    clock,
    log,
    listenHost: config.feeds.host,
    midnight: (now) => days.startOf(days.dayOf(now)),
    onObservation(observation) {
      alerts.observed(observation);
      dispatch.observed(observation);
    },
    feedProblem: (feedId) => dispatch.caseProblem(feedId),
    onTold: alerts.write,
  });
  atEnd(() => cityRoom.stop());

  const operations = createOperations({
    config,
    dataFolder,
    demo,
    version,
    ledger,
    clock,
    log,
    verifyAudit: auditRoom.verify,
    certificate,
    pruneJournal: journal.pruneOld,
  });
  atEnd(() => operations.stop());

  let port = config.hub.port;
  const origins = createOwnOrigins(config.hub, () => port, certificate !== null);
  const linkTo = (base: string, wallId: string, screenId: string) => {
    const { ticket, expiresAt } = accounts.issueTicket({ kind: 'wall', wallId, screenId });
    return { url: `${base}/wall/${wallId}/${screenId}?ticket=${ticket}`, expiresAt };
  };
  const fieldLinks = createFieldLinks({ ledger, clock, base: origins.public });
  const { timeZone } = config.accounts;
  const dispatch = createDispatchRoom({
    ledger,
    latest,
    dataFolder,
    timeZone,
    fieldLinks,
    cases: config.cases,
    demo,
    mayKeepPhotos: () => !operations.diskIsFull(),
    tell: alerts.tell,
    camerasNear: alerts.camerasNear,
    clock,
    log,
  });
  dispatch.start();
  atEnd(() => dispatch.stop());
  const previews = startPreviews({ ledger, clock, claimOf: (id) => streams.cameraScope(id), watching: auditRoom.watching });
  atEnd(() => previews.stop());
  atEnd(accounts.onSessionEnd((session) => previews.sessionEnded(session.id)));
  const holds = createHolds({ ledger, audit, clock, log });
  const seen = startSeenCameras({ ledger, clock, log });
  atEnd(() => seen.stop());
  const coverage = startCoverageTours({ ledger, seen, holds, clock, log });
  atEnd(() => coverage.stop());
  const walls = createWalls({
    ledger,
    latest,
    clock,
    holds,
    toShow: coverage.toShow,
    previews,
    seen,
    alarms,
    planned: firstStart?.wall,
    makeLink: (wallId, screenId) => linkTo(origins.public(), wallId, screenId),
    endScreen: (wallId, screenId) => void accounts.endWall(wallId, screenId),
  });
  walls.start();
  atEnd(() => walls.stop());
  alarms.start();
  holds.start();
  atEnd(() => holds.stop());
  const lookup = createScopeLookup(ledger, (id) => streams.cameraScope(id));
  const presets = createPresets({ ledger, holds, lookup, toShow: coverage.toShow });
  const tours = createTours({ ledger, latest, seen, coverage, holds });

  const pairing = createPairing({ ledger, accounts, clock });

  const metrics = createMetrics();
  const layouts = createLayouts({ ledger, lookup });
  const desk = createDeskRoom({ ledger, latest, lookup });
  atEnd(() => desk.stop());
  const subscriptions = createSubscriptions(ledger, latest, lookup);
  atEnd(() => subscriptions.stop());
  const pages = createCollectionPages(
    ledger,
    latest,
    { audit: async (after, limit) => audit.page(after, limit), observations: journal.observations },
    lookup,
  );
  atEnd(() => pages.stop());
  const commands = metrics.counted(
    createCommandGateway({
      ledger,
      audit,
      handlers: {
        ...accounts.handlers,
        ...auditRoom.handlers,
        ...streams.handlers,
        ...cityRoom.handlers,
        ...alerts.handlers,
        ...walls.handlers,
        ...alarms.handlers,
        ...holds.handlers,
        ...presets.handlers,
        ...previews.handlers,
        ...layouts.handlers,
        ...tours.handlers,
        ...pairing.handlers,
        ...operations.handlers,
        ...desk.handlers,
        ...createFieldHandlers({ ledger, links: fieldLinks, accounts }),
        ...dispatch.handlers,
      },
      lookup,
      callerNow: (admitted) => (admitted === demoCityPrincipal ? admitted : accounts.principalOf(admitted.sessionId)),
      requesterNow: accounts.principalOfUser,
      guard: operations.mayWrite,
      clock,
      log,
    }),
  );
  commands.start();

  const livingCity =
    demo && options.story !== 'none'
      ? createLivingCity({
          ledger,
          clock,
          log,
          origin: () => origins.local(),
          feedHost: config.feeds.host,
          story: options.story ?? null,
          execute: (name, args) =>
            commands.execute(
              { name, args },
              { principal: demoCityPrincipal, from: { door: 'internal', address: 'demo-city', workstation: null } },
            ),
        })
      : null;
  const door = createPrincipalDoor(accounts, origins, instanceId(dataFolder));
  const { bodyLimitBytes } = config.hub;
  const published = config.publish.parking ? [openPaths.parking] : [];
  const http = createHttpServer({ origins, relays, bodyLimitBytes, certificate: certificate?.current ?? null, openPaths: published, log });
  certificate?.onChange((next) => http.useCertificate(next));
  addApiRoutes(http.app, { door, accounts, commands, pages, metrics, ledger, clock, version });
  addFeedRoutes(http.app, { feeds: cityRoom, clock, bodyLimitBytes });
  addOpenRoutes(http.app, { parking: config.publish.parking ? cityRoom.parkingGuidance : null, clock });
  addExportRoutes(http.app, { door, accounts, ledger, audit, exportsFolder: auditRoom.exportsFolder });
  const { rendererFolder } = options;
  addPageRoutes(http.app, { rendererFolder, locale: config.locale, door, accounts, ledger, audit, clock, secure: origins.secure });
  atEnd(() => http.app.close());
  addPhotoRoutes(http.app, { door, photos: dispatch.photos, scopeOf: dispatch.scopeOfPhoto });
  addFieldDoor(http.app, { door, accounts, links: fieldLinks, commands, ledger, audit, clock });
  const sockets = createSocketGateway({
    server: http.app.server,
    origins,
    door,
    accounts,
    commands,
    subscriptions,
    ledger,
    clock,
    log,
    version,
    demo,
    wallRefresh: { at: config.wall.refreshAt, apartMinutes: config.wall.refreshApartMinutes },
  });
  atEnd(() => sockets.stop());
  atEnd(async () => {
    const enough = new AbortController();
    await Promise.race([commands.close(), clock.sleep(lastCommandsMs, enough.signal).catch(() => undefined)]);
    enough.abort();
  });
  atEnd(() => http.refuse());
  if (livingCity) atEnd(() => livingCity.stop());

  const figures: MetricSource[] = [
    { name: 'taodu_ledger_seq', help: 'Number of the last commit.', kind: 'gauge', read: () => ledger.seq },
    { name: 'taodu_ledger_epoch', help: 'Number of this opening of the ledger.', kind: 'gauge', read: () => ledger.epoch },
    { name: 'taodu_cameras', help: 'Cameras in the directory.', kind: 'gauge', read: () => ledger.size('cameras') },
    { name: 'taodu_sessions', help: 'Sessions of people and screens.', kind: 'gauge', read: () => accounts.sessionCount },
    { name: 'taodu_sockets', help: 'Open socket connections.', kind: 'gauge', read: () => sockets.connections },
    { name: 'taodu_subscriptions', help: 'Subscriptions on all connections.', kind: 'gauge', read: () => subscriptions.count },
    {
      name: 'taodu_subscription_groups',
      help: 'Different subscriptions: each is worked out once.',
      kind: 'gauge',
      read: () => subscriptions.groupCount,
    },
    { name: 'taodu_leases', help: 'Stream leases held.', kind: 'gauge', read: () => streams.leases },
    { name: 'taodu_watches', help: 'Cameras that are being watched, each session apart.', kind: 'gauge', read: () => auditRoom.watches },
    { name: 'taodu_previews', help: 'Screens whose last small picture is kept.', kind: 'gauge', read: () => previews.figures.kept },
    { name: 'taodu_preview_bytes', help: 'Memory of these pictures.', kind: 'gauge', read: () => previews.figures.bytes },
    {
      name: 'taodu_previews_dropped_total',
      help: 'Small pictures of screens that had to go for want of room.',
      kind: 'counter',
      read: () => previews.figures.dropped,
    },
    { name: 'taodu_commands_in_flight', help: 'Commands running.', kind: 'gauge', read: () => commands.inFlight },
    {
      name: 'taodu_probed_cameras',
      help: 'Cameras that are asked once a round whether they are there.',
      kind: 'gauge',
      read: () => streams.probing?.cameras ?? 0,
    },
    {
      name: 'taodu_probes_answered_total',
      help: 'Questions to cameras that were answered.',
      kind: 'counter',
      read: () => sum(streams.probing?.answered),
    },
    {
      name: 'taodu_probes_unanswered_total',
      help: 'Questions to cameras that the relay could not ask; they are asked again.',
      kind: 'counter',
      read: () => streams.probing?.unanswered ?? 0,
    },
    {
      name: 'taodu_probes_overdue',
      help: 'Cameras whose turn to be asked is late.',
      kind: 'gauge',
      read: () => streams.probing?.overdue ?? 0,
    },
    {
      name: 'taodu_probe_longest_wait_seconds',
      help: 'Longest time since a camera was asked: above prober.roundMs the round is not kept.',
      kind: 'gauge',
      read: () => (streams.probing?.longestMs ?? 0) / 1000,
    },
    { name: 'taodu_changes_sent_total', help: 'Messages of facts sent.', kind: 'counter', read: () => subscriptions.counters.changesSent },
    {
      name: 'taodu_volatile_sent_total',
      help: 'Messages of volatile values sent.',
      kind: 'counter',
      read: () => subscriptions.counters.volatileSent,
    },
    {
      name: 'taodu_volatile_held_back_total',
      help: 'Messages of volatile values kept back for clients that read too slowly.',
      kind: 'counter',
      read: () => subscriptions.counters.volatileHeldBack,
    },
    {
      name: 'taodu_volatile_coalesced_total',
      help: 'Volatile values overtaken before they were sent.',
      kind: 'counter',
      read: () => latest.coalesced,
    },
    {
      name: 'taodu_volatile_refused_total',
      help: 'Volatile values refused for want of room.',
      kind: 'counter',
      read: () => latest.refused,
    },
    {
      name: 'taodu_sockets_cut_off_total',
      help: 'Connections ended because they did not keep up.',
      kind: 'counter',
      read: () => sockets.counters.cutOff,
    },
  ];
  [
    ...figures,
    ...screenFigures(ledger, walls.reports),
    ...operations.figures,
    ...feedsMetrics({ ledger, latest, journal, city: cityRoom.city }),
    ...alerts.metrics,
    ...dispatch.metrics,
    ...alarms.metrics,
  ].forEach((figure) => metrics.add(figure));

  port = await listen(http.app, config.hub.host, config.hub.port);
  opened.value.listensAt(origins.local());
  endFirstStart(dataFolder);
  relay?.allowOrigins(origins.all());
  log.info({ origin: origins.local(), epoch: ledger.epoch, seq: ledger.seq, demo }, 'the hub listens');

  await cityRoom.start();
  livingCity?.start();
  seeded = streams
    .start()
    .then(() => {
      if (demo) walls.start(streams.showcase());
    })
    .catch((cause: unknown) => log.error({ err: cause }, 'the streams could not start'));

  const firstUser = accounts.demoUser ?? (firstStart ? accounts.founder : null);
  return {
    origin: origins.local(),
    port,
    epoch: ledger.epoch,
    loginUrl: firstUser && `${origins.local()}/console?ticket=${accounts.issueTicket({ kind: 'console', userId: firstUser }).ticket}`,
    passwordFile: accounts.passwordFile(),
    wallLink: (wallId, screenId) => linkTo(origins.local(), wallId, screenId).url,
  };
}

/** The certificate that the configuration names, watched from now on; null without TLS. */
async function openCertificate({ config, log, clock = systemClock }: HubOptions, dataFolder: string): Promise<CertificateWatch | null> {
  const files = tlsFiles(config.tls, dataFolder);
  const watched = files && (await watchCertificate(files, { clock, log }));
  if (watched?.ok === false) throw new ProblemError(watched.error);
  return watched?.value ?? null;
}

function sum(counts: Readonly<Record<string, number>> = {}): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

async function listen(app: ReturnType<typeof createHttpServer>['app'], host: string, port: number): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall !== 'listen' && syscall !== 'getaddrinfo') throw cause;
    const key = code === 'EADDRINUSE' || code === 'EACCES' ? 'hub.port' : 'hub.host';
    throw new ProblemError(
      problem('config-invalid', { file: null, key, message: `cannot listen on ${host}:${port} (${code})`, line: null }),
    );
  }
  const address = app.server.address();
  return typeof address === 'object' && address ? address.port : port;
}
