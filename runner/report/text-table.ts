import { displayWidth } from './plain-text.ts'

export interface TextColumn {
  readonly head: string
  readonly kind: 'text' | 'number'
}

const GAP = '  '

/** Lines of a plain table: texts to the left, numbers to the right, as wide as they have to be. Texts must be safe to print already. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string[] {
  const heads = columns.map(({ head }) => head)
  const widths = columns.map((_, index) => Math.max(...[heads, ...rows].map((row) => displayWidth(row[index] ?? ''))))
  return [heads, ...rows].map((row) =>
    columns
      .map(({ kind }, index) => {
        const text = row[index] ?? ''
        const space = ' '.repeat(widths[index]! - displayWidth(text))
        return kind === 'number' ? space + text : text + space
      })
      .join(GAP)
      .trimEnd(),
  )
}
