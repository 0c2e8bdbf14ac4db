import { createRequire } from 'node:module'
import type { LoadDriver } from '../driver.ts'
import { openAutocannonSession } from './session.ts'

async function available() {
  const { version } = createRequire(import.meta.url)('autocannon/package.json') as { version: string }
  return { version }
}

/** autocannon, connected once and pulsed. */
export const autocannonDriver: LoadDriver = {
  id: 'autocannon',
  slice: null,
  sleeps: false,
  available,
  open: ({ cpu }) => openAutocannonSession(cpu),
}

/** The same, but its event loop sleeps between responses, as every usual client's does: shows what the wake-ups cost the server. */
export const sleepingAutocannonDriver: LoadDriver = {
  id: 'autocannon-sleeping',
  slice: null,
  sleeps: true,
  available,
  open: ({ cpu }) => openAutocannonSession(cpu, true),
}
