import type { TopLevelSpec } from 'vega-lite'

/** A chart without colours: a vega-lite specification with all its data in it. */
export type ChartSpec = TopLevelSpec
export type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number]

/** What all marks of a chart have in common: one axis has the values, the other says what they are of. */
export interface Frame {
  readonly values: 'x' | 'y'
  /** Of the axis of the values, without their field: its unit, what is better, its scale. */
  readonly axis: { readonly title: string | readonly string[]; readonly scale?: object; readonly axis?: object }
  /** Encoding of the other axis, and of colours. */
  readonly place: Readonly<Record<string, object>>
}

/** Marks at a field of the values; a look is named in `theme.ts`. */
export function marks({ values, axis, place }: Frame, mark: object, field = 'value', more: object = {}): Layer {
  return { mark, encoding: { ...place, [values]: { field, type: 'quantitative', ...axis }, ...more } } as Layer
}

/** Marks from one field of the values to another. */
export function spans(frame: Frame, mark: object, from = 'low', to = 'high'): Layer {
  return marks(frame, mark, from, { [`${frame.values}2`]: { field: to } })
}

/** Means with their intervals. */
export function estimates(frame: Frame): Layer[] {
  return [spans(frame, { type: 'rule', style: 'interval' }), marks(frame, { type: 'point', style: 'estimate' })]
}

/** The line to compare with. */
export function referenceLine(frame: Frame, at = 0): Layer {
  return { data: { values: [{ at }] }, ...marks({ ...frame, place: {} }, { type: 'rule', style: 'reference' }, 'at') }
}

/** What is drawn of an estimate; one without ends is a point. */
export function drawn<Low extends number | null>({ value, low, high }: { value: number; low: Low; high: Low }) {
  return { value, low: low ?? value, high: high ?? value }
}
