import { UserError } from '../errors.ts'
import type { DriverId } from '../load/drivers.ts'

const ABLE: readonly DriverId[] = ['autocannon', 'fake']

/**
 * Some ways of asking only one driver knows.
 * @param what the study needs, as the end of a sentence
 * @throws UserError for another driver
 */
export function needsAutocannon(driver: DriverId, what: string): void {
  if (ABLE.includes(driver)) return
  throw new UserError('driver-cannot', `--driver ${driver} cannot ${what}`, { hint: 'leave --driver out: autocannon can' })
}
