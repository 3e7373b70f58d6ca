import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { panelRef } from '../../../layouts/contract.ts';
import { anyPanel } from '../../../layouts/testdata/arbitrary-scenes.ts';
import { readPanelDrag, writePanelDrag } from './panel-drag.ts';

function pointer(): Pick<DataTransfer, 'getData' | 'setData' | 'types'> & { effectAllowed: string } {
  const kept = new Map<string, string>();
  return {
    effectAllowed: '',
    get types() {
      return [...kept.keys()];
    },
    getData: (type) => kept.get(type) ?? '',
    setData: (type, value) => void kept.set(type, value),
  };
}

test('what was put on the pointer is what is dropped', () => {
  fc.assert(
    fc.property(anyPanel, (panel) => {
      const carried = pointer();
      expect(readPanelDrag.offered(carried)).toBe(false);
      writePanelDrag(carried, panel);
      expect(readPanelDrag.offered(carried)).toBe(true);
      expect(readPanelDrag(carried)).toEqual(panelRef.parse(panel));
    }),
    { seed: 6, numRuns: 50 },
  );
});

test.each([[''], ['x'], ['null'], ['{"panel":"video"}'], ['{"panel":"from-the-future"}'], ['{"panel":"clock","more":1}']])(
  '%s is no panel',
  (text) => {
    expect(readPanelDrag({ getData: () => text })).toBeNull();
  },
);
