import { problem, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';

/** An element: names without their prefix, for prefixes differ between versions and countries and mean the same. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, CDATA included, trimmed; not that of its children. */
  readonly text: string;
}

/** What a document may be: more is refused with `xml-malformed`. */
export const xmlLimits = { depth: 64, elements: 500_000, attributes: 64, characters: 64 * 1024 * 1024 } as const;

const predefined: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

interface Open {
  readonly name: string;
  readonly written: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Reads an XML 1.0 document into its elements. DOCTYPE and ENTITY are refused (`xml-forbidden`) before anything of them is looked at: there is no document type, no
 * external entity and none of one's own. Comments and processing instructions are passed over.
 */
export function parseXml(source: string): Result<XmlElement, Problem> {
  const text = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
  const malformed = (at: number): Result<never, Problem> => err(problem('xml-malformed', { at: `character ${at}` }));
  if (text.length > xmlLimits.characters) return malformed(xmlLimits.characters);
  const open: Open[] = [];
  let root: XmlElement | null = null;
  let elements = 0;
  let at = 0;

  const close = (element: Open): void => {
    const { name, attributes, children } = element;
    const done: XmlElement = { name, attributes, children, text: element.text.trim() };
    const above = open.at(-1);
    if (above) above.children.push(done);
    else root = done;
  };

  while (at < text.length) {
    const next = text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    if (end > at) {
      const between = text.slice(at, end);
      const inside = open.at(-1);
      if (inside) {
        const plain = decode(between);
        if (plain === null) return malformed(at);
        inside.text += plain;
      } else if (between.trim() !== '') return malformed(at);
    }
    if (next < 0) break;
    if (text.startsWith('<!--', next)) {
      const over = text.indexOf('-->', next + 4);
      if (over < 0) return malformed(next);
      at = over + 3;
    } else if (text.startsWith('<![CDATA[', next)) {
      const over = text.indexOf(']]>', next + 9);
      const inside = open.at(-1);
      if (over < 0 || !inside) return malformed(next);
      inside.text += text.slice(next + 9, over);
      at = over + 3;
    } else if (text.startsWith('<!', next)) {
      return err(problem('xml-forbidden'));
    } else if (text.startsWith('<?', next)) {
      const over = text.indexOf('?>', next + 2);
      if (over < 0) return malformed(next);
      at = over + 2;
    } else if (text.startsWith('</', next)) {
      const over = text.indexOf('>', next + 2);
      const element = open.pop();
      if (over < 0 || !element || text.slice(next + 2, over).trimEnd() !== element.written) return malformed(next);
      close(element);
      at = over + 1;
    } else {
      const tag = startTag(text, next);
      elements += 1;
      if (!tag || open.length >= xmlLimits.depth || elements > xmlLimits.elements || (root !== null && open.length === 0))
        return malformed(next);
      if (tag.isEmpty) close(tag.element);
      else open.push(tag.element);
      at = tag.end;
    }
  }
  if (open.length > 0 || root === null) return malformed(text.length);
  return ok(root);
}

const nameAt = /[\p{L}_:][\p{L}\p{M}\p{N}_:.-]*/uy;
const spaceAt = /[ \t\r\n]*/y;

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function startTag(text: string, from: number): { element: Open; isEmpty: boolean; end: number } | null {
  const written = matchAt(nameAt, text, from + 1);
  if (written === null) return null;
  const attributes: Record<string, string> = {};
  let count = 0;
  let at = from + 1 + written.length;
  for (;;) {
    const space = matchAt(spaceAt, text, at) ?? '';
    at += space.length;
    const isEmpty = text.startsWith('/>', at);
    if (isEmpty || text[at] === '>')
      return { element: { name: localName(written), written, attributes, children: [], text: '' }, isEmpty, end: at + (isEmpty ? 2 : 1) };
    const name = space === '' ? null : matchAt(nameAt, text, at);
    count += 1;
    if (name === null || count > xmlLimits.attributes) return null;
    at += name.length;
    at += (matchAt(spaceAt, text, at) ?? '').length;
    if (text[at] !== '=') return null;
    at += 1;
    at += (matchAt(spaceAt, text, at) ?? '').length;
    const quote = text[at];
    if (quote !== '"' && quote !== "'") return null;
    const over = text.indexOf(quote, at + 1);
    if (over < 0) return null;
    const value = text.slice(at + 1, over);
    const plain = value.includes('<') ? null : decode(value);
    if (plain === null) return null;
    // What declares a prefix says nothing: prefixes are left out.
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) attributes[localName(name)] = plain;
    at = over + 1;
  }
}

const localName = (name: string) => name.slice(name.lastIndexOf(':') + 1);

/** Text with its references put in; null when there is one that XML does not know by itself. */
function decode(text: string): string | null {
  if (!text.includes('&')) return text;
  let plain = '';
  for (let at = 0; at < text.length;) {
    const next = text.indexOf('&', at);
    if (next < 0) return plain + text.slice(at);
    const over = text.indexOf(';', next);
    if (over < 0 || over - next > 12) return null;
    const name = text.slice(next + 1, over);
    const character = name.startsWith('#') ? numbered(name) : predefined[name];
    if (character === undefined) return null;
    plain += text.slice(at, next) + character;
    at = over + 1;
  }
  return plain;
}

function numbered(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name) ?? [];
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  const isCharacter = code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0x10ffff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}

/** The first child of this name, at any place in the list; undefined when there is none. */
export const childOf = (element: XmlElement, name: string): XmlElement | undefined => element.children.find((child) => child.name === name);

/** All children of this name. */
export const childrenOf = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.filter((child) => child.name === name);

/** The text of the first child of this name; null when there is none, or nothing in it. */
export function textOf(element: XmlElement, name: string): string | null {
  const text = childOf(element, name)?.text;
  return text === undefined || text === '' ? null : text;
}

/** Every element of this name, however deep, in the order of the document; none of them inside another one. */
export function everyElement(root: XmlElement, name: string): readonly XmlElement[] {
  const found: XmlElement[] = [];
  const visit = (element: XmlElement) => {
    if (element.name === name) found.push(element);
    else element.children.forEach(visit);
  };
  visit(root);
  return found;
}
