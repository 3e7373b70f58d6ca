import type { CommandInput } from '../../../../main/contract/catalog.ts';
import { err, ok, type Result } from '../../../../main/contract/result.ts';
import { cameraInput, type Camera, type SourceInput, type SourceShown } from '../../../../streams/contract.ts';

/** What the fields of the editor hold. Credentials begin empty: they never come out of the hub. */
export interface CameraForm {
  number: string;
  name: string;
  district: string;
  /** Separated by commas. */
  groups: string;
  lat: string;
  lon: string;
  datum: Camera['datum'];
  kind: SourceShown['kind'];
  /** Only for kind `rtmp`: the camera pushes, and has no address. */
  pushes: boolean;
  url: string;
  subUrl: string;
  user: string;
  password: string;
  deviceId: string;
  channelId: string;
}

export type CameraFault =
  | 'number'
  | 'name'
  | 'district'
  | 'groups'
  | 'position'
  | 'url'
  | 'subUrl'
  | 'credentials'
  | 'deviceId'
  | 'channelId';

/** The fields for a camera as it is; for a new one when there is none. */
export function cameraFormOf(camera: Camera | null): CameraForm {
  const source = camera?.source;
  return {
    number: camera?.number ?? '',
    name: camera?.name ?? '',
    district: camera?.district ?? '',
    groups: camera?.groups.join('，') ?? '',
    lat: camera?.lat?.toString() ?? '',
    lon: camera?.lon?.toString() ?? '',
    datum: camera?.datum ?? 'wgs84',
    kind: source?.kind ?? 'rtsp',
    pushes: source?.kind === 'rtmp' && source.url === undefined,
    url: source?.url ?? '',
    subUrl: source?.subUrl ?? '',
    user: '',
    password: '',
    deviceId: source?.deviceId ?? '',
    channelId: source?.channelId ?? '',
  };
}

/**
 * What becomes of the user name and password that the hub keeps for a camera. `kept`: nothing of the source was changed.
 * `lost`: it was, and they must be typed again. `none`: there are none, or new ones were typed.
 */
export function credentialsFate(form: CameraForm, before: Camera | null): 'kept' | 'lost' | 'none' {
  if (!before?.source.hasSecret || form.pushes || form.user !== '' || form.password !== '') return 'none';
  const then = cameraFormOf(before);
  const parts = ['kind', 'pushes', 'url', 'subUrl', 'deviceId', 'channelId'] as const;
  return parts.every((part) => String(form[part]).trim() === String(then[part])) ? 'kept' : 'lost';
}

/** An address with a user name and a password in it, both encoded; null when it is no address that could hold them. */
export function withCredentials(address: string, user: string, password: string): string | null {
  const url = URL.parse(address);
  if (!url || url.host === '') return null;
  url.username = encodeURIComponent(user.toWellFormed());
  url.password = encodeURIComponent(password.toWellFormed());
  return url.href;
}

const inputOf = (shown: SourceShown): SourceInput =>
  Object.fromEntries(Object.entries(shown).filter(([field]) => field !== 'hasSecret')) as SourceInput;

/** A number field; null when it is empty, NaN when it is no number. */
const numberOf = (field: string): number | null => (field.trim() === '' ? null : Number(field));

function sourceOf(form: CameraForm, before: Camera | null): Result<SourceInput, readonly CameraFault[]> {
  const { kind } = form;
  const url = form.url.trim();
  const subUrl = form.subUrl.trim();
  if (kind === 'rtmp' && form.pushes) return ok({ kind });
  const device = kind === 'gb28181' ? { deviceId: form.deviceId.trim(), channelId: form.channelId.trim() } : null;
  if (device && url === '') return ok({ kind: 'gb28181', ...device });
  if (url === '') return err(['url']);

  const typed = form.user !== '' || form.password !== '';
  const full = (address: string) => (typed ? withCredentials(address, form.user, form.password) : address);
  if (typed && kind === 'file') return err(['credentials']);
  const main = full(url);
  const sub = subUrl === '' ? undefined : full(subUrl);
  if (main === null) return err(['url']);
  if (sub === null) return err(['subUrl']);
  if (device) return ok({ kind: 'gb28181', ...device, url: main });
  const phaseMs = kind === 'file' && before?.source.kind === 'file' ? before.source.phaseMs : undefined;
  return ok({
    kind,
    url: main,
    ...(sub === undefined ? {} : { subUrl: sub }),
    ...(phaseMs === undefined ? {} : { phaseMs }),
  } as SourceInput);
}

/**
 * The arguments of `camera.upsert` for the fields, or the fields that are wrong. What the editor does not show (aliases, alternate sources,
 * marks) is sent as it is, so that it stays.
 */
export function cameraArgs(form: CameraForm, before: Camera | null): Result<CommandInput<'camera.upsert'>, readonly CameraFault[]> {
  const faults = new Set<CameraFault>();
  const source = sourceOf(form, before);
  if (!source.ok) for (const fault of source.error) faults.add(fault);
  const [lat, lon] = [numberOf(form.lat), numberOf(form.lon)];
  if ((lat === null) !== (lon === null)) faults.add('position');

  const args = {
    number: form.number.trim(),
    name: form.name.trim(),
    district: form.district.trim(),
    groups: [...new Set(form.groups.split(/[,，、;；\n]+/).map((group) => group.trim()))].filter((group) => group !== ''),
    lat,
    lon,
    datum: form.datum,
    aliases: before?.aliases ?? [],
    source: source.ok ? source.value : ({ kind: 'rtmp' } as const),
    alternates: (before?.alternates ?? []).map(inputOf),
    simulated: before?.simulated ?? false,
    drill: before?.drill ?? false,
  };
  const checked = cameraInput.safeParse(args);
  for (const { path } of checked.error?.issues ?? []) faults.add(faultOf(path));
  return faults.size > 0 ? err([...faults]) : ok(args);
}

function faultOf([field, part]: readonly PropertyKey[]): CameraFault {
  if (field === 'lat' || field === 'lon' || field === 'datum') return 'position';
  if (field === 'source') return part === 'subUrl' || part === 'deviceId' || part === 'channelId' ? part : 'url';
  return field === 'number' || field === 'name' || field === 'district' || field === 'groups' ? field : 'url';
}
