import type { Unit } from '../../../alerts/incident-contract.ts';
import type { CommandInput } from '../../../main/contract/catalog.ts';
import { nowhere } from '../../../main/contract/place.ts';

/** What is typed of a unit; numbers as text, lists separated by commas, spaces or line ends. */
export interface UnitForm {
  number: string;
  name: string;
  department: string;
  capabilities: string[];
  crew: string;
  homeText: string;
  lat: string;
  lon: string;
  districts: string;
  positionOf: string;
  drill: boolean;
}

/** A form that shows a unit, or an empty one. */
export function unitFormOf(unit: Unit | null): UnitForm {
  return {
    number: unit?.number ?? '',
    name: unit?.name ?? '',
    department: unit?.department ?? '',
    capabilities: [...(unit?.capabilities ?? [])],
    crew: String(unit?.crew ?? 2),
    homeText: unit?.home.text ?? '',
    lat: unit?.home.lat === null || unit === null ? '' : String(unit.home.lat),
    lon: unit?.home.lon === null || unit === null ? '' : String(unit.home.lon),
    districts: (unit?.districts ?? []).join(', '),
    positionOf: unit?.positionOf ?? '',
    drill: unit?.drill ?? false,
  };
}

/** The fields that cannot be sent as they are. */
export type UnitFormFault = 'number' | 'name' | 'department' | 'crew' | 'place' | 'districts';

const listOf = (typed: string): string[] => typed.split(/[\s,，、;；]+/).filter(Boolean);
const degrees = (typed: string, most: number): number | null | undefined => {
  if (typed.trim() === '') return null;
  const value = Number(typed);
  return Number.isFinite(value) && Math.abs(value) <= most ? value : undefined;
};

/** The command that the form asks for, or what is wrong with it. `known` keeps what the form does not show. */
export function unitArgsOf(
  form: UnitForm,
  known: Unit | null,
): { readonly args: CommandInput<'unit.upsert'> } | { readonly faults: readonly UnitFormFault[] } {
  const faults: UnitFormFault[] = [];
  const [number, name, department] = [form.number.trim(), form.name.trim(), form.department.trim()];
  if (number === '' || number.length > 32) faults.push('number');
  if (name === '' || name.length > 64) faults.push('name');
  if (department === '' || department.length > 64) faults.push('department');
  const crew = Number(form.crew);
  if (form.crew.trim() === '' || !Number.isInteger(crew) || crew < 0 || crew > 500) faults.push('crew');
  const [lat, lon] = [degrees(form.lat, 90), degrees(form.lon, 180)];
  if (lat === undefined || lon === undefined || (lat === null) !== (lon === null)) faults.push('place');
  const districts = listOf(form.districts);
  if (districts.length > 32 || districts.some((code) => !/^\d{2,12}$/.test(code))) faults.push('districts');
  if (faults.length > 0) return { faults };
  const home = known?.home ?? nowhere;
  return {
    args: {
      number,
      name,
      department,
      capabilities: form.capabilities.slice(0, 16),
      crew,
      home: { ...home, lat: lat ?? null, lon: lon ?? null, text: form.homeText.trim() || null },
      districts,
      positionOf: form.positionOf.trim() || null,
      drill: form.drill,
    },
  };
}
