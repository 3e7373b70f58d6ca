import type { XmlElement } from '../../protocols/xml/parse-xml.ts';

/** A record of any format: what stands at a path of it; undefined: nothing. */
export interface MappedRow {
  at(path: string): unknown;
}

/** `a.b[0].c`: names and indexes. A name that has a dot in it is found as it stands before it is taken apart. */
export function jsonRow(record: unknown): MappedRow {
  return { at: (path) => (path === '' ? record : jsonAt(record, path)) };
}

function jsonAt(value: unknown, path: string): unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, path))
    return (value as Record<string, unknown>)[path];
  const [, name, rest] = /^([^.[\]]+|\[\d{1,6}\])(?:\.|(?=\[))?(.*)$/s.exec(path) ?? [];
  if (name === undefined || typeof value !== 'object' || value === null) return undefined;
  const key = name.startsWith('[') ? name.slice(1, -1) : name;
  // Of a list its places alone.
  if (!Object.hasOwn(value, key) || (Array.isArray(value) && !/^\d+$/.test(key))) return undefined;
  const inside = (value as Record<string, unknown>)[key];
  return rest === undefined || rest === '' ? inside : jsonAt(inside, rest);
}

/** A step into an element: a name, of several alike the one at a place from 0, `lane[1]`, or with an attribute, `lane[@no=2]`. */
const step = /^([^[\]]+)(?:\[(?:(\d{1,6})|@([^=\]]+)=([^\]]*))\])?$/;

/** Local names with dots; an attribute behind `@`; an empty path is the element's own text. */
export function xmlRow(record: XmlElement): MappedRow {
  return {
    at(path) {
      let element: XmlElement | undefined = record;
      // A dot inside of brackets belongs to the attribute there.
      for (const part of path.split(/\.(?![^[]*\])/).filter((one) => one !== '')) {
        if (element === undefined) return undefined;
        if (part.startsWith('@')) return attributeOf(element, part.slice(1));
        element = childAt(element, part);
      }
      return element?.text;
    },
  };
}

function childAt({ children }: XmlElement, part: string): XmlElement | undefined {
  const [, wanted, place, attribute, value] = step.exec(part) ?? [];
  const alike = children.filter(({ name }) => name === wanted);
  if (attribute !== undefined) return alike.find((one) => attributeOf(one, attribute) === value);
  return alike[Number(place ?? 0)];
}

const attributeOf = ({ attributes }: XmlElement, name: string): string | undefined =>
  Object.hasOwn(attributes, name) ? attributes[name] : undefined;

/** The header of a column. */
export function csvRow(header: ReadonlyMap<string, number>, fields: readonly string[]): MappedRow {
  return {
    at(path) {
      const column = header.get(path);
      return column === undefined ? undefined : fields[column]?.trim();
    },
  };
}

/** A row of a message: what a path beginning with `$topic` leads to is the topic that it came by, or one of its levels, `$topic[1]`; from the end with a minus. */
export function topicRow(row: MappedRow, topic: string | null): MappedRow {
  if (topic === null) return row;
  const levels = topic.split('/');
  return {
    at(path) {
      if (!path.startsWith('$topic')) return row.at(path);
      if (path === '$topic') return topic;
      const [, level] = /^\$topic\[(-?\d{1,3})\]$/.exec(path) ?? [];
      return level === undefined ? undefined : levels.at(Number(level));
    },
  };
}
