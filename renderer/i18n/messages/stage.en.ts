import type { SameShape } from '../shape.ts';
import type zh from './stage.zh-CN.ts';

const messages: SameShape<typeof zh> = {
  picture: {
    age: 'picture {age} old',
    refused: 'picture has cameras you may not see',
    alt: 'Picture of {screen}, {age} old',
  },
  held: 'held by {name}',
  heldMine: 'held by you',
  marked: 'to be swapped',
  choice: {
    span: 'Tile across screens selected',
    several: '{n} tiles selected: Enter puts one picture across them',
    swap: '{place} waits: choose another tile and press X, or Esc',
  },
  drop: {
    put: 'Put {camera} on {place}',
    across: 'Put {camera} on this tile across screens',
    fill: 'Put {n} of “{title}” on {place} and on',
    apply: 'Put “{layout}” on {screen}',
    recall: 'Recall preset “{preset}”',
    swap: 'Swap with {place}',
    swapSpan: 'Swap with this tile across screens',
    any: 'Put on {place}',
    anySpan: 'Put on this tile across screens',
  },
  notice: {
    across: '{camera} is shown across {n} tiles',
    full: 'This wall has {n} tiles across screens already. Clear one first.',
    replaced: '{camera} → tile across screens',
    spanCleared: 'Tile across screens cleared | {n} tiles across screens cleared',
    cleared: '{n} tile cleared | {n} tiles cleared',
    swapped: '{one} and {other} swapped',
    filled: '{screen}: {n} camera put on tile {from} | {screen}: {n} cameras put on tile {from} and on',
    dropUnreadable: 'What was dropped cannot be read.',
  },
};
export default messages;
