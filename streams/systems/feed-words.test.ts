import { expect, test } from 'vitest';
import type { RuleCondition } from '../../alerts/rules/rule.ts';
import { assetKind } from '../feed-contract.ts';
import { quantities, type Quantity } from './quantities.ts';
import { systems } from './systems.ts';

const code = (word: string) => `\`${word}\``;
const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const table = (heads: readonly string[], rows: readonly string[]) => [row(...heads), row(...heads.map(() => '---')), ...rows, ''];

/** The limits that a thing brings with it, by rule. */
function limitOf(when: RuleCondition): { readonly property: string; readonly factor: number; readonly of: string } | null {
  if (when.kind !== 'threshold' || typeof when.limit.value !== 'object') return null;
  return { property: when.limit.value.property, factor: when.limit.value.factor ?? 1, of: `${when.quantity} ${when.limit.op}` };
}

/** The words that a feed is set up with, from the tables that the code goes by. */
function feedWords(): string {
  const rules = systems.flatMap((system) => system.rules.map((rule) => ({ system, rule })));
  const events = rules.flatMap(({ system, rule: { when, severity } }) =>
    when.kind === 'event' ? [row(code(when.class), code(system.id), `${when.atLeast} or worse`, severity)] : [],
  );
  const limits = rules.flatMap(({ system, rule: { when } }) => {
    const limit = limitOf(when);
    if (!limit || when.kind !== 'threshold') return [];
    const share = limit.factor === 1 ? '' : ` × ${limit.factor}`;
    return [row(code(limit.property), code(when.assetKind ?? 'any'), code(system.id), `${limit.of} ${limit.property}${share}`)];
  });
  const states = rules.flatMap(({ system, rule: { when } }) =>
    when.kind === 'state'
      ? [row(code(when.quantity), when.is.map((word) => code(String(word))).join(' '), code(when.assetKind ?? 'any'), code(system.id))]
      : [],
  );
  const figures = systems.flatMap((system) =>
    system.indicators.map(({ id, name, unit, target, from }) =>
      row(
        code(system.id),
        code(id),
        `${name.en} ${name.zh}`,
        unit,
        target ? `${target.op} ${target.value}` : '',
        from.kind === 'given' ? (from.otherwise ? 'sent, or reckoned here' : 'sent') : 'reckoned here',
      ),
    ),
  );
  return [
    '# The words that a feed is set up with',
    '',
    'Written from the tables that the hub goes by. What a source calls otherwise is turned into these by a mapping; [feeds.md](feeds.md) says how.',
    '',
    '## Quantities',
    '',
    'A value is told in this unit; `scale` and `offset` of a mapping make it of another one.',
    '',
    ...table(
      ['Quantity', 'Unit', 'What it is'],
      Object.entries<Quantity>(quantities).map(([name, { unit, en, zh }]) => row(code(name), unit, `${en} ${zh}`)),
    ),
    '## Kinds of things',
    '',
    `${assetKind.options.map(code).join(', ')}.`,
    '',
    '## States that raise an alert',
    '',
    ...table(['Quantity', 'Says', 'Kind of thing', 'System'], states),
    '## Limits that a thing brings with it',
    '',
    'Properties of a thing, told by its mapping or in `stations` of its feed. A thing without one raises no such alert.',
    '',
    ...table(['Property', 'Kind of thing', 'System', 'Alert when'], limits),
    '## Classes of events that raise an alert',
    '',
    'A class may be narrower: `fire.gas` is `fire`. Classes below `grid` and `urban` open a case.',
    '',
    ...table(['Class', 'System', 'Severity told', 'Alert'], events),
    '## Figures',
    '',
    ...table(['System', 'Figure', 'Name', 'Unit', 'Target', 'Comes'], figures),
  ].join('\n');
}

test('the handbook has every word that a feed can be set up with (vitest -u writes it anew)', async () => {
  await expect(feedWords()).toMatchFileSnapshot('../../docs/operations/feed-words.md');
});
