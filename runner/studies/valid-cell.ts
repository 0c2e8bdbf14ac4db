import type { MeasuredCell, Result } from '../result.ts'

/** A measured cell that may be quoted; null: there is none, or what there is is invalid. */
export function validCell({ cells }: Pick<Result, 'cells'>, app: string, endpoint: string): MeasuredCell | null {
  const cell = cells.find((one) => one.app === app && one.endpoint === endpoint)
  return cell?.state === 'measured' && cell.verdict !== 'invalid' ? cell : null
}
