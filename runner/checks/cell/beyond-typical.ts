import { beyondTypical } from '../../analysis/beyond-typical.ts'
import type { CellCheck } from '../cell-facts.ts'
import { finding } from '../registry.ts'

/** Is a part of the cost not that of most requests? */
export const checkBeyondTypical: CellCheck = ({ figures }) => {
  const { cost, typicalCost } = figures
  const [later, rare] = [beyondTypical(figures, 'later'), beyondTypical(figures, 'rare')]
  return [
    ...(later === null ? [] : [finding('late-work', { lateMicroseconds: later.value, costMicroseconds: cost.value })]),
    ...(rare === null || typicalCost === null
      ? []
      : [
          finding('rare-work', {
            ...{ rareMicroseconds: rare.value, costMicroseconds: cost.value },
            typicalMicroseconds: typicalCost.value,
          }),
        ]),
  ]
}
