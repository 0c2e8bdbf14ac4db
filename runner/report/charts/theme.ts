import type { Config } from 'vega-lite'

/** Colours of one theme. Series and symbols come in this order in every chart: the first is the usual, the second the one to notice. */
export interface Theme {
  readonly name: 'light' | 'dark'
  readonly text: string
  /** Axis titles, notes. */
  readonly muted: string
  readonly grid: string
  /** Axis lines, ticks. */
  readonly line: string
  readonly series: readonly string[]
}

/**
 * Hues of Okabe & Ito ("Color Universal Design", 2008), which stay apart for colour-blind eyes, made darker or lighter until each has
 * a contrast of at least 3 to 1 with GitHub's background, texts 4.5 to 1 (WCAG 2.2, 1.4.3 and 1.4.11); `theme.test.ts` computes it.
 */
export const light: Theme = {
  name: 'light',
  text: '#1f2328',
  muted: '#59636e',
  grid: '#e3e7eb',
  line: '#8c959f',
  series: ['#0072b2', '#d55e00', '#00825c', '#a8488a', '#7a6a00', '#59636e'],
}

export const dark: Theme = {
  name: 'dark',
  text: '#f0f6fc',
  muted: '#9ba4ae',
  grid: '#272d35',
  line: '#6e7681',
  series: ['#56b4e9', '#ff9142', '#2bc79a', '#dd8fbf', '#e0cf4f', '#9ba4ae'],
}

export const themes: readonly Theme[] = [light, dark]

/** Told apart by form too, for print and for eyes that do not see the colours. */
const symbols = ['circle', 'diamond', 'square', 'triangle-up', 'cross', 'triangle-down']

/** Fonts that are there without being loaded. */
export const FONT = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Helvetica, Arial, sans-serif"
const FONT_SIZE = 12
const TITLE_SIZE = 14

/**
 * Look of every chart. Specs name what a mark is by `style` and never a colour, so that one spec serves both themes:
 * `interval` (rule), `estimate` (point), `process` (a small point of its own behind it), `reference` (rule to compare with), `curve`
 * (line), `chosen` (tick at what was decided), `label` (text), `bar-rest` (the lesser part of a bar).
 */
export function chartConfig({ text, muted, grid, line, series }: Theme): Config {
  return {
    background: 'transparent',
    font: FONT,
    aria: false,
    padding: 4,
    view: { stroke: null },
    axis: {
      ...{ labelColor: text, labelFontSize: FONT_SIZE, labelPadding: 5, labelLimit: 260, labelOverlap: 'greedy' },
      ...{ titleColor: muted, titleFontSize: FONT_SIZE, titleFontWeight: 'normal', titlePadding: 8, titleLimit: 700 },
      ...{ gridColor: grid, domainColor: line, tickColor: line, tickSize: 4 },
    },
    axisQuantitative: { domain: false, ticks: false, grid: true },
    axisDiscrete: { domain: false, ticks: false, grid: false },
    legend: {
      ...{ orient: 'top', direction: 'horizontal', title: null, offset: 6, symbolSize: 70, columnPadding: 22 },
      ...{ labelColor: text, labelFontSize: FONT_SIZE, labelLimit: 320 },
    },
    header: {
      ...{ labelColor: text, labelFontSize: FONT_SIZE, labelFontWeight: 'bold', labelLimit: 700 },
      ...{ titleColor: muted, titleFontSize: FONT_SIZE, titleFontWeight: 'normal' },
    },
    title: { color: text, fontSize: TITLE_SIZE, fontWeight: 'bold', anchor: 'start', offset: 10, limit: 780 },
    range: { category: [...series], symbol: [...symbols] },
    point: { filled: true, opacity: 1, size: 46 },
    style: {
      interval: { color: series[0]!, strokeWidth: 1.5 },
      estimate: { color: series[0]!, filled: true, opacity: 1, size: 46 },
      process: { color: line, filled: true, opacity: 0.8, size: 10 },
      reference: { color: muted, strokeWidth: 1, strokeDash: [4, 3] },
      curve: { color: series[0]!, strokeWidth: 1.5, opacity: 0.75 },
      label: { color: text, fontSize: FONT_SIZE },
      chosen: { color: series[1]!, strokeWidth: 1.5 },
      'bar-rest': { color: line, opacity: 0.55 },
      // Names that vega-lite gives to titles: group titles are headings of the panels of one chart.
      'group-title': { fontSize: FONT_SIZE + 1, fontWeight: 'bold', fill: text },
    },
  }
}
