import type { CellCheck } from '../cell-facts.ts'
import { finding } from '../registry.ts'

/** Did connections stay open? */
export const checkReconnects: CellCheck = ({
  totals: {
    loaded: { reconnects },
  },
}) => (reconnects > 0 ? [finding('reconnects', { reconnects })] : [])
