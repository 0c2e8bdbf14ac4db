import { balancing } from '../origins/balancing.ts'
import { frameworks, protocols } from '../origins/frameworks.ts'
import { keepAlive } from '../origins/keep-alive.ts'
import { models } from '../origins/models.ts'
import { ownWork } from '../origins/own-work.ts'
import { sharedSocket } from '../origins/shared-socket.ts'
import { cache } from './cache.ts'
import { connections } from './connections.ts'
import { latency } from './latency.ts'
import { memory } from './memory.ts'
import { middleware } from './middleware.ts'
import { pair } from './pair.ts'
import { payload } from './payload.ts'
import { runtimes } from './runtimes.ts'
import { stack } from './stack.ts'
import type { Study } from './study.ts'
import { sweep } from './sweep.ts'
import { workers } from './workers.ts'

/** The registry: what `npm run study -- <name>` may be called with, in the order of `--list`: that of the origins. */
export const studies: readonly Study[] = [
  sweep,
  stack,
  connections,
  payload,
  workers,
  cache,
  middleware,
  latency,
  memory,
  pair,
  runtimes,
  protocols,
  frameworks,
  ownWork,
  sharedSocket,
  keepAlive,
  models,
  balancing,
]
