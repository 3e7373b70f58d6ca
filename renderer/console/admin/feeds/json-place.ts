/** A place in a text, counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Deeper than anybody writes settings by hand. */
const deepest = 100;

const text = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y; // oxlint-disable-line no-control-regex -- a JSON string holds none
const plain = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const space = /[ \t\n\r]*/y;

/** What stands at an offset and should not (RFC 8259). */
class NotJson extends Error {
  readonly offset: number;
  constructor(offset: number) {
    super('not JSON');
    this.offset = offset;
  }
}

/** Walks a JSON text; `visit` hears where every value begins, and by which names and indexes it is reached. Throws where it ceases to be JSON. */
function walk(json: string, visit: (path: readonly string[], offset: number) => void): void {
  let at = 0;
  const path: string[] = [];
  const take = (form: RegExp): string | null => {
    form.lastIndex = at;
    const found = form.exec(json)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  const expectSign = (sign: string) => {
    if (json[at] !== sign) throw new NotJson(at);
    at += 1;
  };
  const value = (): void => {
    take(space);
    if (path.length > deepest) throw new NotJson(at);
    visit(path, at);
    const open = json[at];
    if (open !== '{' && open !== '[') {
      if (take(open === '"' ? text : plain) === null) throw new NotJson(at);
      return;
    }
    const close = open === '{' ? '}' : ']';
    at += 1;
    take(space);
    if (json[at] === close) return void (at += 1);
    for (let index = 0; ; index += 1) {
      take(space);
      let name = String(index);
      if (open === '{') {
        const quoted = take(text);
        if (quoted === null) throw new NotJson(at);
        name = JSON.parse(quoted) as string;
        take(space);
        expectSign(':');
      }
      path.push(name);
      value();
      path.pop();
      take(space);
      if (json[at] === close) return void (at += 1);
      expectSign(',');
    }
  };
  value();
  take(space);
  if (at < json.length) throw new NotJson(at);
}

/** Where the character at `offset` stands. */
function placeOfOffset(json: string, offset: number): TextPlace {
  const before = json.slice(0, offset);
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}

/** What a JSON text says, or the first place where it ceases to be JSON. The engine's own message names no place where it thinks that it need not. */
export function readJson(json: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly place: TextPlace } {
  try {
    walk(json, () => {});
    return { ok: true, value: JSON.parse(json) };
  } catch (error) {
    return { ok: false, place: placeOfOffset(json, error instanceof NotJson ? error.offset : json.length) };
  }
}

/**
 * Where the value of a path of names and indexes (`mapping.values.0.path`) begins in a JSON text; of what is not there, where the nearest thing around it begins.
 */
export function placeOfPath(json: string, path: string): TextPlace {
  const wanted = path === '' ? [] : path.split('.');
  let best = 0;
  let length = -1;
  try {
    walk(json, (found, offset) => {
      const leads = found.every((name, index) => wanted[index] === name);
      if (!leads || found.length <= length) return;
      best = offset;
      length = found.length;
    });
  } catch {
    // as far as it is JSON
  }
  return placeOfOffset(json, best);
}
