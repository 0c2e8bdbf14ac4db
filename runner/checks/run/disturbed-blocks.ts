import type { Blocks, Finding } from '../../result.ts'
import { finding } from '../registry.ts'
import { TOO_BUSY_SHARE } from '../thresholds.ts'

/** How many blocks had to be measured again, and was it too many? */
export function checkDisturbedBlocks(blocks: Blocks | null): Finding[] {
  if (blocks === null) return []
  const { attempts } = blocks
  const byCause = Object.entries(blocks.disturbances).sort(([, a], [, b]) => b - a)
  // Connections are closed by an app, not by the machine; that has a finding of its own.
  const byMachine = byCause.reduce((sum, [code, count]) => (code === 'reconnects' ? sum : sum + count), 0)
  const disturbed = byCause.reduce((sum, [, count]) => sum + count, 0)
  if (disturbed === 0) return []
  const causes = byCause.map(([code, count]) => `${count} ${code}`).join(', ')
  const code = byMachine > attempts * TOO_BUSY_SHARE ? 'machine-too-busy' : 'blocks-repeated'
  return [finding(code, { disturbed, attempts, causes })]
}
