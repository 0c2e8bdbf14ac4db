import type { Finding } from '../../result.ts'
import { finding } from '../registry.ts'

/**
 * Had the app the same conditions as the baseline?
 * @param differences one short sentence part each
 */
export function checkEnvironment(differences: readonly string[]): Finding[] {
  return differences.length === 0 ? [] : [finding('unequal-environment', { differences: differences.join('; ') })]
}
