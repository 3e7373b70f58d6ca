import { GaugeChart, LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { EpochMs } from '../../main/contract/time.ts';
import { chartColours } from './chart-colours.ts';

// Only what is drawn with. A canvas: the SVG renderer writes style attributes, which the pages' policy forbids, and is slower with as many points.
use([LineChart, GaugeChart, GridComponent, CanvasRenderer]);

/** What a trend shows: lines over one stretch of time. */
export interface TrendData {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly lines: readonly {
    readonly points: readonly (readonly [at: EpochMs, value: number | null])[];
    /** Which of `axes` it belongs to. */
    readonly axis: number;
    /** Of the values that are drawn: what it is drawn from is stale, or unknown now. */
    readonly faint: boolean;
  }[];
  /** One for each unit; the first stands left, the second right, further ones are not drawn. */
  readonly axes: readonly { readonly digits: number }[];
  /** In CSS pixels. */
  readonly axisPx: number;
  readonly linePx: number;
  timeText(at: EpochMs): string;
  valueText(value: number, digits: number): string;
}

/** What a gauge shows: a value on a scale, and the part of the scale that reaches the target. */
export interface GaugeData {
  readonly min: number;
  readonly max: number;
  readonly value: number | null;
  readonly good: { readonly from: number; readonly to: number } | null;
  readonly missed: boolean;
  readonly faint: boolean;
}

/** A chart in an element. Whoever made it gives it back with `dispose`. */
export interface Chart<D> {
  draw(data: D): void;
  /** To the size that its element has now. */
  resize(): void;
  dispose(): void;
}

let alive = 0;
/** Charts that were made and not given back yet. */
export const chartsAlive = (): number => alive;

/** By line: how it is broken, and the shape of its points. */
const dashes = ['solid', [10, 5], [2, 4], [14, 4, 2, 4]] as const;
const shapes = ['circle', 'rect', 'triangle', 'diamond'] as const;

/** A chart of lines over time. */
export function createTrendChart(element: HTMLElement): Chart<TrendData> {
  return createChart(element, trendOption);
}

/** A value on an arc. */
export function createGaugeChart(element: HTMLElement): Chart<GaugeData> {
  return createChart(element, gaugeOption);
}

type Option = Parameters<EChartsType['setOption']>[0];

function createChart<D>(
  element: HTMLElement,
  optionOf: (data: D, size: { readonly width: number; readonly height: number }) => Option,
): Chart<D> {
  const chart = init(element, null, {
    renderer: 'canvas',
    width: Math.max(1, element.clientWidth),
    height: Math.max(1, element.clientHeight),
  });
  alive += 1;
  let shown: D | undefined;
  let gone = false;
  const draw = () => {
    if (shown === undefined || gone) return;
    // Nothing of what was drawn before stays: what is compared with it is more than what is drawn anew.
    chart.setOption(optionOf(shown, { width: chart.getWidth(), height: chart.getHeight() }), { notMerge: true, silent: true });
  };
  return {
    draw(data) {
      shown = data;
      draw();
    },
    resize() {
      if (gone) return;
      const [width, height] = [Math.max(1, element.clientWidth), Math.max(1, element.clientHeight)];
      if (width === chart.getWidth() && height === chart.getHeight()) return;
      chart.resize({ width, height, silent: true });
      draw();
    },
    dispose() {
      if (gone) return;
      gone = true;
      alive -= 1;
      chart.dispose();
    },
  };
}

function trendOption(
  { from, to, lines, axes, axisPx, linePx, timeText, valueText }: TrendData,
  size: { readonly width: number; readonly height: number },
): Option {
  const colours = chartColours();
  const label = { color: colours.label, fontFamily: colours.font, fontSize: axisPx };
  const across = Math.max(1, Math.floor((size.width - axisPx * 2.2 * Math.min(2, axes.length)) / (axisPx * 4.6)));
  const down = Math.max(1, Math.min(5, Math.floor(size.height / (axisPx * 2.6))));
  return {
    animation: false,
    grid: {
      left: axisPx * 0.3,
      right: axisPx * 0.3,
      top: axisPx * 0.7,
      bottom: axisPx * 0.2,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'time',
      min: from,
      max: to,
      splitNumber: across,
      splitLine: { show: false },
      axisLine: { lineStyle: { color: colours.axis } },
      axisTick: { lineStyle: { color: colours.axis } },
      axisLabel: { ...label, hideOverlap: true, textMargin: [0, axisPx * 0.3], margin: axisPx * 0.35, formatter: timeText },
    },
    yAxis: axes.map(({ digits }, index) => ({
      type: 'value',
      scale: true,
      position: index === 1 ? 'right' : 'left',
      show: index < 2,
      splitNumber: down,
      splitLine: { show: index === 0, lineStyle: { color: colours.grid } },
      axisLine: { show: false },
      axisLabel: { ...label, margin: axisPx * 0.35, formatter: (value: number) => valueText(value, digits) },
    })),
    series: lines.map(({ points, axis, faint }, index) => {
      const colour = faint ? colours.faint : colours.lines[index % colours.lines.length]!;
      const mark = shapes[index % shapes.length]!;
      return {
        type: 'line',
        yAxisIndex: axis,
        silent: true,
        symbol: 'none',
        showSymbol: true,
        showAllSymbol: true,
        connectNulls: false,
        lineStyle: { color: colour, width: linePx, type: scaled(dashes[index % dashes.length]!, linePx), join: 'round' },
        itemStyle: { color: colour },
        // A value with a gap on both sides is no line: it is a point. So is the latest.
        data: points.map((point, at) =>
          point[1] !== null && (at === points.length - 1 || isAlone(points, at))
            ? { value: [...point], symbol: mark, symbolSize: linePx * 3.4 }
            : [...point],
        ),
      };
    }),
  };
}

const scaled = (dash: 'solid' | readonly number[], linePx: number) => (dash === 'solid' ? dash : dash.map((part) => (part * linePx) / 2.5));

function isAlone(points: TrendData['lines'][number]['points'], at: number): boolean {
  const before = points[at - 1];
  const after = points[at + 1];
  return (before === undefined || before[1] === null) && (after === undefined || after[1] === null);
}

function gaugeOption(
  { min, max, value, good, missed, faint }: GaugeData,
  { width, height }: { readonly width: number; readonly height: number },
): Option {
  const colours = chartColours();
  // Of an arc from 8 to 4 o'clock: it is 1.5 radii high.
  const radius = Math.max(8, Math.min(width / 2, height / 1.52) * 0.98);
  const band = radius * 0.17;
  const share = (at: number) => Math.min(1, Math.max(0, (at - min) / (max - min)));
  const arc = {
    type: 'gauge' as const,
    center: [width / 2, radius * 1.02],
    startAngle: 210,
    endAngle: -30,
    min,
    max,
    silent: true,
    animation: false,
    pointer: { show: false },
    anchor: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { show: false },
    title: { show: false },
    detail: { show: false },
  };
  const colour = faint ? colours.faint : missed ? colours.missed : colours.lines[0]!;
  return {
    animation: false,
    series: [
      {
        ...arc,
        radius,
        axisLine: { lineStyle: { width: band, color: [[1, colours.track]] } },
        progress: { show: value !== null, width: band, itemStyle: { color: colour } },
        data: value === null ? [] : [{ value: Math.min(max, Math.max(min, value)) }],
      },
      ...(good === null
        ? []
        : [
            {
              ...arc,
              // Inside the band: a line along the part where the target is reached.
              radius: radius - band * 1.35,
              axisLine: {
                lineStyle: {
                  width: Math.max(2, band * 0.16),
                  color: [
                    [share(good.from), 'transparent'],
                    [share(good.to), colours.label],
                    [1, 'transparent'],
                  ] as [number, string][],
                },
              },
              progress: { show: false },
              data: [],
            },
          ]),
    ],
  };
}
