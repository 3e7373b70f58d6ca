import { describe, expect, test } from 'vitest';
import { previewPlan, type SeenElement, type SeenTile } from './screen-preview-plan.ts';

/** A full-HD screen in a window of half its size; the bar takes 20 pixels of 540. */
const screen = { screen: { width: 1920, height: 1080 }, stage: { width: 960, height: 540 }, barPx: 20 };
const element = (name: string, more: Partial<SeenElement<string>> = {}): SeenElement<string> => ({
  element: name,
  width: 1280,
  height: 720,
  view: null,
  dimmed: false,
  ...more,
});
const tile = (more: Partial<SeenTile<string>> = {}): SeenTile<string> => ({
  x: 0,
  y: 20,
  width: 480,
  height: 260,
  cameraId: 'c1',
  spanning: false,
  layer: 0,
  picture: 'canvas',
  ...more,
});
const plan = (...tiles: SeenTile<string>[]) => previewPlan({ ...screen, tiles });

describe('a preview', () => {
  test.each([
    ['full HD', { width: 1920, height: 1080 }, [480, 270]],
    ['upright', { width: 1080, height: 1920 }, [270, 480]],
    ['a ribbon', { width: 7680, height: 10 }, [480, 1]],
    ['small', { width: 320, height: 180 }, [320, 180]],
  ])('of a screen that is %s', (_, size, expected) => {
    const made = previewPlan({ ...screen, screen: size, tiles: [] });
    expect([made.width, made.height, made.steps, made.cameras]).toEqual([...expected, [], []]);
  });

  test('takes the canvas once, below the bar, where tiles are known to be', () => {
    const made = plan(tile(), tile({ x: 480, cameraId: 'c2' }), tile({ y: 280, cameraId: 'c3', picture: null }));
    expect(made.steps).toEqual([
      {
        kind: 'canvas',
        from: { x: 0, y: 20, width: 960, height: 520 },
        to: { x: 0, y: 0, width: 480, height: 270 },
        clips: [
          { x: 0, y: 0, width: 240, height: 135 },
          { x: 240, y: 0, width: 240, height: 135 },
        ],
      },
    ]);
    expect(made.cameras, 'what is not in it is not named').toEqual(['c1', 'c2']);
  });

  test('has a tile across screens in its own place, which the bar does not squeeze', () => {
    const made = plan(tile({ spanning: true, x: 720, y: 0, width: 960, height: 270 }));
    const to = { x: 360, y: 0, width: 480, height: 135 };
    expect(made.steps).toEqual([{ kind: 'canvas', from: { x: 720, y: 0, width: 960, height: 270 }, to, clips: [to] }]);
  });

  test('has what lies over others over them, whole and in its shape, the topmost last', () => {
    const made = plan(
      tile({ layer: 2, cameraId: 'c9', picture: element('top'), spanning: true, y: 0, width: 960, height: 270 }),
      tile({
        layer: 1,
        cameraId: 'c8',
        picture: element('middle', { width: 640, height: 640, dimmed: true }),
        spanning: true,
        y: 0,
        height: 270,
      }),
      tile(),
    );
    expect(made.steps.map((step) => (step.kind === 'element' ? step.element : step.kind))).toEqual([
      'canvas',
      'blank',
      'middle',
      'blank',
      'top',
    ]);
    expect(made.steps[2]).toMatchObject({
      from: { x: 0, y: 0, width: 640, height: 640 },
      to: { y: 0, width: 135, height: 135 },
      dimmed: true,
    });
    expect(made.steps[4]).toMatchObject({ from: { width: 1280, height: 720 }, to: { x: 120, y: 0, width: 240, height: 135 } });
    expect(made.cameras).toEqual(['c9', 'c8', 'c1']);
  });

  test('shows the part of a picture that is looked at', () => {
    const view = { x: 0.5, y: 0.5, width: 0.5, height: 0.5 };
    expect(plan(tile({ picture: element('v', { view }) })).steps).toMatchObject([
      { kind: 'element', from: { x: 640, y: 360, width: 640, height: 360 }, to: { x: 0, y: 0, width: 240, height: 135 } },
    ]);
  });

  test('is dark where a tile that is no picture lies over one', () => {
    const clock = tile({ cameraId: null, picture: null, layer: 1, spanning: true, y: 0, height: 270 });
    expect(plan(tile(), clock).steps.map(({ kind }) => kind)).toEqual(['canvas', 'blank']);
    expect(plan({ ...clock, layer: 0 }).steps).toEqual([]);
  });

  test('names each camera once', () => {
    expect(plan(tile(), tile({ x: 480 })).cameras).toEqual(['c1']);
  });
});
