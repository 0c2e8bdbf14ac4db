import type { CellCheck } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import { WORKS_WHEN_IDLE_SHARE } from '../thresholds.ts'

/** Does the app work when nobody asks it, or do others do its work? */
export const checkOwnWork: CellCheck = ({ outside, figures }) => {
  if (outside === null) return []
  const { idleShare, busyChildren } = outside
  return [
    ...(idleShare > WORKS_WHEN_IDLE_SHARE ? [finding('works-when-idle', { share: idleShare })] : []),
    ...(busyChildren > 0 && figures.deployment.workers === 1 ? [finding('forks-workers', { children: busyChildren })] : []),
  ]
}
