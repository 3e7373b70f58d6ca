import { readLayout, type LayoutFile } from './migrate.ts';
import grid2x2 from './presets/grid-2x2.json' with { type: 'json' };
import grid3x3 from './presets/grid-3x3.json' with { type: 'json' };
import split1and5 from './presets/split-1+5.json' with { type: 'json' };
import split1and7 from './presets/split-1+7.json' with { type: 'json' };
import split2and8 from './presets/split-2+8.json' with { type: 'json' };

/** The layouts that a new data folder has: the usual shapes, without cameras. Read like any other file, so a bad one is found at the start. */
export function builtInLayouts(): LayoutFile[] {
  return [grid2x2, grid3x3, split1and5, split1and7, split2and8].map((file) => {
    const layout = readLayout(file);
    if (!layout.ok) throw new Error(`a built-in layout is not valid: ${JSON.stringify(layout.error)}`);
    return layout.value;
  });
}
