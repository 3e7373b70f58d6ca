import type { ErrorParams, Problem } from '../../main/contract/errors.ts';
import { durationText, timeText } from './format.ts';
import { hasText, text, type MessageKey } from './index.ts';
import { messages } from './messages.ts';

/** The sentence for a problem, in the page's language: as precise as its parameters allow. `detail` is never shown. */
export function problemText(problem: Pick<Problem, 'code'> & { readonly params?: ErrorParams }): string {
  const params = problem.params ?? {};
  const candidates = [`because.${problem.code}.${String(params['reason'])}`, `precise.${problem.code}`, `errors.${problem.code}`];
  const key = candidates
    .filter(hasText)
    .find((candidate) => placesOf(candidate).every((place) => params[place] !== undefined && params[place] !== null));
  return text(key ?? 'errors.internal-error', readable(params));
}

/** The names that a text wants filled in; both languages name the same (a test holds that). */
function placesOf(key: MessageKey): string[] {
  let node: unknown = messages['zh-CN'];
  for (const part of key.split('.')) node = (node as Record<string, unknown>)[part];
  return [...String(node).matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
}

/** Durations, times and states become words: `…Ms`, `…At` and `state` are how the contract names them. */
function readable(params: ErrorParams): Record<string, string | number | boolean | null> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (name === 'state' && hasText(`dispatch.state.${value}`)) return [name, text(`dispatch.state.${value}` as MessageKey)];
      if (typeof value !== 'number') return [name, value];
      if (name.endsWith('Ms')) return [name, durationText(value)];
      if (name === 'at' || name.endsWith('At')) return [name, timeText(value)];
      return [name, value];
    }),
  );
}
