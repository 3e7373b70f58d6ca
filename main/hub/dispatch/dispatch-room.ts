import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { placeClaim } from '../../../alerts/contract.ts';
import { createCaseLimits, createCityCalendar, createDispatch, recallIncident, type Alerts, type Dispatch } from '../../../alerts/index.ts';
import type { Incident } from '../../../alerts/incident-contract.ts';
import type { Config } from '../../config/config.ts';
import type { Log } from '../../contract/log.ts';
import type { LatestValues } from '../../contract/readings.ts';
import type { ScopeClaim } from '../../contract/scope.ts';
import type { Clock } from '../../contract/time.ts';
import type { FieldLinks } from '../field/field-links.ts';
import type { MetricSource } from '../gateway/metrics.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import { createIncidentRecords } from './incident-records.ts';
import { readCalendar } from './read-calendar.ts';
import { readCaseLimits } from './read-case-limits.ts';
import { createPhotos, type PhotoOf, type Photos } from './photos.ts';

/** The room of dispatch with what it needs of the hub: its tables, its photos, the links of the field page. */
export interface DispatchRoom extends Dispatch {
  readonly photos: Photos;
  /** What the incident of a photo touches, also when it has left the collection. */
  scopeOfPhoto(photo: PhotoOf): readonly ScopeClaim[] | undefined;
  readonly metrics: readonly MetricSource[];
}

/** The longest of the usual limits in working days end within it. */
const calendarAheadMs = 45 * 86_400_000;

export function createDispatchRoom(deps: {
  readonly ledger: SqliteLedger;
  readonly latest: LatestValues;
  readonly dataFolder: string;
  readonly timeZone: string;
  readonly fieldLinks: Pick<FieldLinks, 'create'>;
  readonly cases: Config['cases'];
  /** This is the demo city. */
  readonly demo: boolean;
  /** Whether the disk has room for photos. */
  mayKeepPhotos(): boolean;
  /** Says something to the room of alerts. */
  readonly tell: Alerts['tell'];
  readonly camerasNear: Alerts['camerasNear'];
  readonly clock: Clock;
  readonly log: Log;
}): DispatchRoom {
  const { ledger, latest, dataFolder, timeZone, fieldLinks, cases, demo, tell, mayKeepPhotos, camerasNear, clock, log } = deps;
  const calendar = createCityCalendar(readCalendar(cases.calendarFile, timeZone));
  const ahead = calendar.dayOf(clock.now() + calendarAheadMs);
  if (!calendar.isKnown(ahead))
    log.warn({ day: ahead, key: 'cases.calendarFile' }, 'Which days are holidays then is assumed: limits in working days may be wrong');
  const records = createIncidentRecords(ledger);
  const photos = createPhotos({ ledger, folder: join(dataFolder, 'photos'), mayKeep: mayKeepPhotos });
  const dispatch = createDispatch({
    ledger,
    transact: (write, alongside) => void ledger.transact(write, alongside),
    latest,
    records,
    photos,
    calendar,
    limitsOf: createCaseLimits(cases.limitsFile === undefined ? {} : readCaseLimits(cases.limitsFile)),
    tell,
    camerasNear,
    casesPerFeedAndDay: cases.perFeedAndDay,
    callersKeptDays: cases.callersKeptDays,
    fieldLink: (unitId) => fieldLinks.create(unitId),
    clock,
    log,
    demo,
    newId: randomUUID,
  });

  return Object.assign(dispatch, {
    photos,
    scopeOfPhoto({ incidentId }: PhotoOf) {
      const incident = (ledger.get('incidents', incidentId) as Incident | undefined) ?? recallIncident(records, incidentId);
      return incident && [placeClaim(incident.place)];
    },
    metrics: [
      {
        name: 'taodu_incidents',
        help: 'Incidents that are worked on, those over for less than a day included.',
        kind: 'gauge',
        read: () => dispatch.figures.incidents,
      },
      {
        name: 'taodu_incidents_retired_total',
        help: 'Incidents that left the collection, a day after they were over; their logs stay.',
        kind: 'counter',
        read: () => dispatch.figures.retired,
      },
      {
        name: 'taodu_callers_forgotten_total',
        help: 'Numbers of callers that went because their time was over; their incidents stay.',
        kind: 'counter',
        read: () => dispatch.figures.callersForgotten,
      },
      {
        name: 'taodu_incident_warnings_total',
        help: 'Time limits of incidents of which somebody was told that they are used up in part or in whole.',
        kind: 'counter',
        read: () => dispatch.figures.warnings,
      },
      {
        name: 'taodu_cases_opened_total',
        help: 'Grid and urban cases that feeds told and that became incidents.',
        kind: 'counter',
        read: () => dispatch.figures.cases.opened,
      },
      {
        name: 'taodu_cases_refused_total',
        help: 'Cases of feeds that became none because there were too many of the feed that day.',
        kind: 'counter',
        read: () => dispatch.figures.cases.refused,
      },
      {
        name: 'taodu_cases_waiting',
        help: 'Cases of feeds that wait to be followed, or for room.',
        kind: 'gauge',
        read: () => dispatch.figures.cases.waiting,
      },
      { name: 'taodu_units', help: 'Units that can be sent.', kind: 'gauge', read: () => dispatch.figures.units },
      { name: 'taodu_tasks', help: 'Tasks of units that are not over.', kind: 'gauge', read: () => dispatch.figures.tasks },
      { name: 'taodu_photo_bytes', help: 'Photos from the field, in bytes.', kind: 'gauge', read: () => photos.bytes },
    ] satisfies MetricSource[],
  });
}
