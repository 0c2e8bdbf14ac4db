import { createRequire } from 'node:module'
import type { LoadDriver } from '../driver.ts'
import { openAutocannonSession } from './session.ts'

/** autocannon, connected once and pulsed. */
export const autocannonDriver: LoadDriver = {
  id: 'autocannon',
  slice: null,
  sleeps: false,
  async available() {
    const { version } = createRequire(import.meta.url)('autocannon/package.json') as { version: string }
    return { version }
  },
  open: ({ cpu }) => openAutocannonSession(cpu),
}
