import uPlot from 'uplot';
import { find, write } from '../web/dom.ts';
import { ages, ago, type Sample } from './history.ts';

const HEIGHT_PX = 168;
const MINUTE_S = 60;
const TIME_STEPS_S = [15, 30, 60, 120, 300];

/** What a chart shows of the samples. */
export type Measure = {
  readonly of: (sample: Sample) => number | null;
  readonly print: (value: number) => string;
};

/** The last minutes of one measure; pointing at it shows a moment. */
export class Chart {
  readonly #figure: HTMLElement;
  readonly #plot: HTMLElement;
  readonly #reading: HTMLElement;
  readonly #measure: Measure;
  #chart: uPlot;
  #data: uPlot.AlignedData = [[], []];

  constructor(figure: HTMLElement, measure: Measure) {
    this.#figure = figure;
    this.#plot = find(figure, '.plot', HTMLElement);
    this.#reading = find(figure, '.reading', HTMLElement);
    this.#measure = measure;
    this.#chart = this.#draw();
    new ResizeObserver(() => this.#chart.setSize(this.#size())).observe(this.#plot);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#redraw());
  }

  show(history: readonly Sample[]): void {
    this.#data = [ages(history), history.map(this.#measure.of)];
    this.#chart.setData(this.#data);
    this.#read();
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(this.#plot.clientWidth, 1), height: HEIGHT_PX };
  }

  /** A canvas knows no CSS variables: the other colour scheme needs another drawing. */
  #redraw(): void {
    this.#chart.destroy();
    this.#chart = this.#draw();
  }

  #draw(): uPlot {
    const style = getComputedStyle(this.#figure);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const axis = { stroke: colour('--quiet'), font: `12px ${style.fontFamily}`, ticks: { show: false } };
    const options: uPlot.Options = {
      ...this.#size(),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: false, range: timeRange },
        y: { range: (_, __, max) => [0, Math.max(max * 1.15, 1)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 34,
          gap: 9,
          space: 62,
          incrs: TIME_STEPS_S,
          values: (_, at) => at.map(timeOf),
        },
        {
          ...axis,
          grid: { stroke: colour('--line'), width: 1 },
          size: widthOf,
          space: 34,
          values: (_, at) => at.map(this.#measure.print),
        },
      ],
      series: [
        {},
        { stroke: colour('--river'), width: 2, fill: colour('--river-wash'), points: { show: false } },
      ],
      hooks: { setCursor: [() => this.#read()] },
    };
    return new uPlot(options, this.#data, this.#plot);
  }

  /** Writes the value under the pointer, or the last one. */
  #read(): void {
    const [times, values] = this.#data;
    const index = this.#chart?.cursor.idx ?? times.length - 1;
    const value = values?.[index] ?? null;
    const when = ago(times[index] ?? 0);
    write(
      this.#reading,
      value === null ? '' : `${this.#measure.print(value)}${when === 'now' ? '' : `, ${when}`}`,
    );
  }
}

/** As far back as there are samples, and a minute at least. */
const timeRange = (_: uPlot, oldest: number | null): [number, number] => [
  Math.min(oldest ?? 0, -MINUTE_S),
  0,
];

/** Room for the longest label of an axis. */
const widthOf = (_: uPlot, labels: readonly string[] | null) =>
  16 + 7 * Math.max(4, ...(labels ?? []).map((label) => label.length));

function timeOf(seconds: number): string {
  if (seconds === 0) return 'now';
  return seconds % MINUTE_S === 0 ? `−${-seconds / MINUTE_S} min` : `−${-seconds} s`;
}
