import type { SameShape } from '../shape.ts';
import type zh from './keypad.zh-CN.ts';

const messages: SameShape<typeof zh> = {
  title: 'Key line',
  hint: 'The numeric keypad is always live',
  empty: 'Key a camera number, or begin with . / *',
  more: {
    place: '. screen . tile',
    recall: '/ number of a preset or layout',
    tour: '* number of a tour; * alone pauses or goes on',
  },
  target: {
    put: '{number} {name} → {screen}, tile {n}',
    tile: 'Choose {screen}, tile {n}',
    screen: 'Choose {screen}',
    preset: 'Recall preset “{name}”',
    layout: 'Put “{name}” on {screen}',
    tour: 'Start tour “{name}” on {screen}',
    pause: 'Pause the tour of {screen}',
    resume: 'Let the tour of {screen} go on',
    next: 'Next step of the tour of {screen}',
    previous: 'Step of the tour of {screen} before',
  },
  refused: {
    'camera-none': 'No camera has this number',
    'camera-several': '{n} cameras have these digits: search for the whole number',
    'screen-none': 'There is no such screen',
    'tile-none': 'There is no such tile',
    'tile-unchosen': 'No tile is chosen; go on with . screen . tile',
    'number-free': 'No preset or layout has this number',
    'tour-none': 'There is no tour on the chosen screen',
    'not-a-tour': 'The layout with this number is not a tour',
  },
  fault: {
    empty: 'Key a camera number, or begin with . / *',
    'number-missing': 'Go on with a number',
    'sign-misplaced': 'This sign cannot stand here',
    'number-too-large': 'The number is too large',
  },
  help: {
    title: 'Numeric keypad',
    camera: 'Camera number → chosen tile',
    cameraPlace: 'Camera number → screen 2, tile 5',
    place: 'Choose screen 2, tile 5',
    recall: 'Recall preset or layout 7',
    tour: 'Start tour 3',
    tourPause: 'Pause the tour, or let it go on',
    tourStep: 'Next step of the tour, step before',
    neighbour: 'Next camera on the tile, camera before',
    keypad: 'Open the key line where there is no keypad',
  },
};
export default messages;
