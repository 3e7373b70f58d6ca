import type { CommandInput } from '../../../../main/contract/catalog.ts';
import type { FeedId, SystemId } from '../../../../main/contract/ids.ts';
import { err, ok, type Result } from '../../../../main/contract/result.ts';
import type { Feed, FeedKind } from '../../../../streams/feed-contract.ts';
import { readJson, type TextPlace } from './json-place.ts';

/** The kinds that a feed can be made of: those of the list without a connector are left out, because the hub refuses them. */
export const offeredKinds = ['mapping', 'ngsi', 'cap', 'mqtt', 'hj212', 'jt808', 'indicator'] as const satisfies readonly FeedKind[];
export type OfferedKind = (typeof offeredKinds)[number];

/** Settings of each kind that the hub takes as they are, to begin with. */
export const exampleSettings: Readonly<Record<OfferedKind, object>> = {
  mapping: {
    mapping: {
      format: 'json',
      records: 'items',
      entity: { path: 'id' },
      time: { path: 'time', format: 'iso' },
      asset: { kind: { is: 'car-park' }, name: { path: 'name' }, place: { lat: 'lat', lon: 'lon' } },
      values: [{ path: 'free', quantity: 'spaces-free', noData: [-1] }],
    },
  },
  ngsi: {},
  cap: { poll: { url: 'https://warnings.example/index.atom', everySeconds: 60 } },
  mqtt: { url: 'mqtts://user:password@broker.example:8883', topics: ['city/+/state'], payload: 'ngsi' },
  hj212: { port: 0, edition: '2017', stations: [] },
  jt808: { port: 0, vehicles: [] },
  indicator: {},
};

export interface FeedForm {
  id: string;
  name: string;
  kind: OfferedKind;
  system: string;
  stale: string;
  settings: string;
  enabled: boolean;
  drill: boolean;
}

export type FeedFault = 'id' | 'system' | 'stale' | 'settings';
/** What is wrong with the settings as text: not JSON from a place on, or JSON that is no object. */
export type SettingsFault = { readonly kind: 'json'; readonly place: TextPlace } | { readonly kind: 'no-object' };

export interface FormFaults {
  readonly fields: readonly FeedFault[];
  readonly settings: SettingsFault | null;
}

/** The form of a feed that there is, or of a new one. */
export function feedFormOf(feed: Feed | null): FeedForm {
  const kind = offeredKinds.find((one) => one === feed?.kind) ?? 'mapping';
  return {
    id: feed?.id ?? '',
    name: feed?.name ?? '',
    kind,
    system: feed?.system ?? '',
    stale: feed ? String(feed.staleAfterSeconds) : '',
    settings: feed ? shownSettings(feed.settings) : exampleText(kind),
    enabled: feed?.enabled ?? true,
    drill: feed?.drill ?? false,
  };
}

export const exampleText = (kind: OfferedKind): string => JSON.stringify(exampleSettings[kind], null, 2);

/** As they are written in the form: the kind stands beside them. */
function shownSettings(settings: unknown): string {
  if (typeof settings !== 'object' || settings === null) return '{}';
  const { kind: _kind, ...rest } = settings as Record<string, unknown>;
  return JSON.stringify(rest, null, 2);
}

function readSettings(text: string): Result<Record<string, unknown>, SettingsFault> {
  const read = readJson(text.trim() === '' ? '{}' : text);
  if (!read.ok) return err({ kind: 'json', place: read.place });
  const { value } = read;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? ok(value as Record<string, unknown>)
    : err({ kind: 'no-object' });
}

const idForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

function staleOf(text: string): number | undefined | null {
  if (text.trim() === '') return undefined;
  const seconds = Number(text);
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= 31_536_000 ? seconds : null;
}

/** What `feed.create` is asked for, or what is wrong with the form. */
export function createArgs(form: FeedForm): Result<CommandInput<'feed.create'>, FormFaults> {
  const settings = readSettings(form.settings);
  const stale = staleOf(form.stale);
  const fields: FeedFault[] = [
    ...(idForm.test(form.id.trim()) ? [] : ['id' as const]),
    ...(form.system === '' ? ['system' as const] : []),
    ...(stale === null ? ['stale' as const] : []),
    ...(settings.ok ? [] : ['settings' as const]),
  ];
  if (fields.length > 0 || !settings.ok) return err({ fields, settings: settings.ok ? null : settings.error });
  return ok({
    id: form.id.trim() as FeedId,
    kind: form.kind,
    system: form.system as SystemId,
    ...(form.name.trim() !== '' && { name: form.name.trim() }),
    settings: settings.value,
    ...(typeof stale === 'number' && { staleAfterSeconds: stale }),
    enabled: form.enabled,
    drill: form.drill,
  });
}

/** What `feed.update` is asked for: what was changed in the form and nothing else, so that secrets stay unless the settings are replaced. */
export function updateArgs(form: FeedForm, before: Feed): Result<CommandInput<'feed.update'>, FormFaults> {
  const was = feedFormOf(before);
  const settings = readSettings(form.settings);
  const stale = staleOf(form.stale);
  const fields: FeedFault[] = [
    ...(stale === null || stale === undefined ? ['stale' as const] : []),
    ...(settings.ok ? [] : ['settings' as const]),
  ];
  if (fields.length > 0 || !settings.ok) return err({ fields, settings: settings.ok ? null : settings.error });
  return ok({
    feedId: before.id,
    ...(form.name.trim() !== '' && form.name.trim() !== was.name && { name: form.name.trim() }),
    ...(typeof stale === 'number' && stale !== before.staleAfterSeconds && { staleAfterSeconds: stale }),
    ...(form.settings !== was.settings && { settings: settings.value }),
    ...(form.enabled !== was.enabled && { enabled: form.enabled }),
  });
}
