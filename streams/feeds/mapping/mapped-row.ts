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

/** Local names with dots; an attribute behind `@`; an empty path is the element's own text. */
export function xmlRow(record: XmlElement): MappedRow {
  return {
    at(path) {
      let element: XmlElement | undefined = record;
      for (const step of path.split('.').filter((part) => part !== '')) {
        if (element === undefined) return undefined;
        if (step.startsWith('@')) return Object.hasOwn(element.attributes, step.slice(1)) ? element.attributes[step.slice(1)] : undefined;
        element = element.children.find(({ name }) => name === step);
      }
      return element?.text;
    },
  };
}

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
