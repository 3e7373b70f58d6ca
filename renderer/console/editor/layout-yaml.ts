import { Document, isNode, LineCounter, parseDocument, visit, type Node } from 'yaml';
import type { TextPath, TextTree } from '../../../layouts/layout-text.ts';
import { problem, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';

/** What is read at most. */
export const layoutTextCharsAtMost = 2_000_000;

/** Every scalar is a word as it is written: a camera `0123` keeps its nought, and `no` is no truth value. */
const schema = 'failsafe';
/** Beyond so many opening brackets, of which we write none, somebody wants the page to stand still. */
const bracketsAtMost = 10_000;
/** Things within things, far beyond what a layout has: how much stack a parser finds is no limit to rely on. */
const nestedAtMost = 100;
const foreword = '# Taodu layouts; cameras by their numbers. The last line, three dots, says that nothing was cut off.\n';

/** Writes a tree as YAML 1.2, each thing on a line of its own, with a last line that shows when something was cut off. */
export function layoutYaml(tree: TextTree): string {
  return `${foreword}${new Document(tree, { schema, aliasDuplicateObjects: false }).toString({ lineWidth: 0 })}...\n`;
}

/** What was read, and where things stand in it. */
export interface ReadYaml {
  readonly tree: unknown;
  /** The line of a place, from 1; of the nearest thing around it when it is not there. */
  lineOf(path: TextPath): number;
}

/**
 * Reads YAML 1.2 as words, lists and named things. Refused with the line: what is too long (`payload-too-large`), what does not end with its last
 * line, is malformed or uses aliases (`scene-invalid`).
 */
export function readLayoutYaml(text: string): Result<ReadYaml, { readonly line: number; readonly problem: Problem }> {
  const refuse = (line: number, reason: string, detail?: string) => err({ line, problem: problem('scene-invalid', { reason }, detail) });
  if (text.length > layoutTextCharsAtMost) return err({ line: 0, problem: problem('payload-too-large') });
  if (tooManyBrackets(text)) return refuse(0, 'text-malformed', 'depth');
  const lines = new LineCounter();
  let document: ReturnType<typeof parseDocument>;
  let tree: unknown;
  try {
    document = parseDocument(text, { schema, lineCounter: lines, uniqueKeys: true, merge: false });
    const [fault] = document.errors;
    if (fault) return refuse(fault.linePos?.[0].line ?? 0, 'text-malformed', fault.code);
    let unwanted: { readonly line: number; readonly what: 'alias' | 'depth' } | null = null;
    const stopAt = (node: Node, what: 'alias' | 'depth') => {
      unwanted = { line: node.range ? lines.linePos(node.range[0]).line : 0, what };
      return visit.BREAK;
    };
    visit(document, {
      Alias: (_key, node) => stopAt(node, 'alias'),
      Collection: (_key, node, path) => (path.length > nestedAtMost ? stopAt(node, 'depth') : undefined),
    });
    if (unwanted !== null) {
      const { line, what } = unwanted as { readonly line: number; readonly what: string };
      return refuse(line, 'text-malformed', what);
    }
    tree = document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    // Nested so deep that the parser ran out of stack.
    if (cause instanceof RangeError) return refuse(0, 'text-malformed', 'depth');
    throw cause;
  }
  if (!/(?:^|\n)\.\.\.\s*$/.test(text)) return refuse(text.trimEnd().split('\n').length, 'text-cut-off');
  return ok({
    tree,
    lineOf(path) {
      for (let length = path.length; length > 0; length -= 1) {
        const node = document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      }
      return 1;
    },
  });
}

function tooManyBrackets(text: string): boolean {
  let brackets = 0;
  for (const sign of ['[', '{'])
    for (let at = text.indexOf(sign); at >= 0 && brackets <= bracketsAtMost; at = text.indexOf(sign, at + 1)) brackets += 1;
  return brackets > bracketsAtMost;
}
