import type { Cell, Verdict } from '../result/model.ts'

export type ColumnId =
  | 'rank'
  | 'app'
  | 'cost'
  | 'later'
  | 'rare'
  | 'ratio'
  | 'overhead'
  | 'requestsPerSecond'
  | 'serverBusy'
  | 'loadBusy'
  | 'verdict'

export interface Column {
  readonly id: ColumnId
  /** With the unit. */
  readonly head: string
  readonly kind: 'text' | 'number'
}

/** What stands in one place of the table: ready to be drawn, not yet escaped for any format. */
export interface Figure {
  readonly main: string
  /** `[1.455, 1.479]`; empty where there is none. */
  readonly interval: string
}

export interface Row {
  readonly app: string
  readonly state: Cell['state']
  /** null: there is nothing to judge. */
  readonly verdict: Verdict | null
  /** Says why there are no numbers: `failed: ...`; null for a measured row. */
  readonly note: string | null
  /** Rows without numbers have a figure for the app and the verdict only. */
  readonly figures: Readonly<Partial<Record<ColumnId, Figure>>>
}

export interface Table {
  /** null: over all endpoints. */
  readonly endpoint: string | null
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}
