const STEP_PIXELS = 20
/** A number and a sign come before every label, so that two rows may be called the same. */
const PREFIX_DIGITS = 3
const PREFIX_LENGTH = PREFIX_DIGITS + 1

/** Rows of a chart under a heading; without a title they have none. */
export interface RowGroup<Row> {
  readonly title: string | null
  readonly rows: readonly Row[]
}

/** What a chart with a vertical axis of labelled rows needs. */
export interface GroupedRows<Row> {
  /** All rows; `row` is what `y` shows. */
  readonly values: readonly (Row & { readonly row: string })[]
  /** Encoding of the y channel: all rows and bold headings, from the top. */
  readonly y: ReturnType<typeof axisOf>
  /** The same without labels, for a second chart beside the first. */
  readonly bareY: ReturnType<typeof bareAxisOf>
  /** Pixels. */
  readonly height: number
}

/** Rows with headings on one axis, so that charts beside each other and groups below each other stay aligned. */
export function groupedRows<Row extends { readonly label: string }>(groups: readonly RowGroup<Row>[]): GroupedRows<Row> {
  const domain: string[] = []
  const keyFor = (sign: '#' | '.', label: string) => {
    const key = `${String(domain.length).padStart(PREFIX_DIGITS, '0')}${sign}${label}`
    domain.push(key)
    return key
  }
  const values = groups.flatMap(({ title, rows }) => {
    if (title !== null) keyFor('#', title)
    return rows.map((row) => ({ ...row, row: keyFor('.', row.label) }))
  })
  return { values, y: axisOf(domain), bareY: bareAxisOf(domain), height: STEP_PIXELS * domain.length }
}

function axisOf(domain: string[]) {
  return {
    ...scaleOf(domain),
    axis: {
      labelExpr: `slice(datum.value, ${PREFIX_LENGTH})`,
      labelFontWeight: {
        condition: { test: `slice(datum.value, ${PREFIX_DIGITS}, ${PREFIX_LENGTH}) === '#'`, value: 'bold' as const },
        value: 'normal' as const,
      },
    },
  }
}

function bareAxisOf(domain: string[]) {
  return { ...scaleOf(domain), axis: null }
}

function scaleOf(domain: string[]) {
  return { field: 'row', type: 'ordinal' as const, title: null, scale: { domain, paddingInner: 0, paddingOuter: 0 } }
}
