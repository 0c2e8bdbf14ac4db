import type { OutsideWork } from '../../analysis/all-in.ts'
import type { Finding } from '../../result.ts'
import { finding } from '../registry.ts'
import { CROWDS_SHARE, WORKS_BETWEEN_SHARE } from '../thresholds.ts'

/** Does one app take the CPU that others are measured on? */
export function checkOutsideWork(apps: readonly OutsideWork[]): Finding[] {
  return apps
    .filter(({ outsideShare }) => outsideShare > WORKS_BETWEEN_SHARE)
    .map(({ app, outsideShare, idleShare }) =>
      finding(outsideShare > CROWDS_SHARE ? 'crowds-others' : 'works-between-slices', { app, outsideShare, idleShare }),
    )
}
