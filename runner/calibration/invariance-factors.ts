import type { CpuPlacement } from '../environment/cpus.ts'
import { type CompareOptions, DEFAULT_SLICE_MILLISECONDS, withDefaults } from '../options.ts'
import { COMPARED } from './compared.ts'
import { type Place, places } from './invariance-places.ts'

/** How the comparison is run. One object may be the setting of several factors; it is measured once for all of them. */
export interface Circumstances {
  /** For the progress line. */
  readonly title: string
  /** Beside the baseline. */
  readonly apps: readonly string[]
  /** What differs from a run by default. */
  readonly options: Pick<Partial<CompareOptions>, 'driver' | 'slice' | 'connections'>
  /** null: the part's own. */
  readonly placement: CpuPlacement | null
}

export interface FactorSetting {
  readonly label: string
  readonly circumstances: Circumstances
  /** Only slices at this place count; null: all. */
  readonly place: Place | null
}

/** Something that is no framework, and should not matter. */
export interface Factor {
  readonly id: string
  readonly title: string
  /** Apps whose ratio is looked at. */
  readonly compared: readonly string[]
  readonly settings: readonly FactorSetting[]
}

/** A comparison as it is by default. */
export const standard: Circumstances = { title: 'the default setting', apps: COMPARED, options: {}, placement: null }

const DEFAULT_CONNECTIONS = withDefaults({}, [], 0).connections
const CONNECTIONS = withDefault(DEFAULT_CONNECTIONS, [4, 8, 16, 32, 64, 128, 256])
const SLICE_MILLISECONDS = withDefault(DEFAULT_SLICE_MILLISECONDS, [10, 20, 50, 100, 500])

/** True for the setting that a run has when nothing is asked for. */
export function isDefault({ circumstances, place }: FactorSetting): boolean {
  return circumstances === standard && place === null
}

/** All factors, each with the default among its settings; without those that this machine cannot vary. */
export function invarianceFactors(placement: CpuPlacement): Factor[] {
  const swapped = swap(placement)
  return [
    factor('load-generator', 'load generator', [
      setting('spinning', standard),
      setting('sleeping', varied('a sleeping load generator', { driver: 'autocannon-sleeping' })),
    ]),
    factor(
      'slice',
      'length of a slice',
      SLICE_MILLISECONDS.map((slice) =>
        setting(`${slice} ms`, slice === DEFAULT_SLICE_MILLISECONDS ? standard : varied(`slices of ${slice} ms`, { slice })),
      ),
    ),
    factor(
      'connections',
      'connections',
      CONNECTIONS.map((connections) =>
        setting(
          String(connections),
          connections === DEFAULT_CONNECTIONS ? standard : varied(`${connections} connections`, { connections }),
        ),
      ),
    ),
    ...(swapped === null
      ? []
      : [
          factor('cpu', 'CPU', [
            setting('as placed', standard),
            setting('server and load generator swapped', { ...varied('swapped CPUs', {}), placement: swapped }),
          ]),
        ]),
    {
      ...factor('neighbours', 'neighbours in the block', [
        setting('express', standard),
        setting('fastify', neighbours('fastify')),
        setting('four copies of express', neighbours('express', 'express', 'express', 'express')),
      ]),
      compared: ['koa'],
    },
    factor('order', 'place in the block', [
      setting('any', standard),
      ...places.map((place) => ({ label: place.label, circumstances: standard, place })),
    ]),
  ]
}

function withDefault(value: number, others: readonly number[]): number[] {
  return [...new Set([value, ...others])].sort((a, b) => a - b)
}

function factor(id: string, title: string, settings: readonly FactorSetting[]): Factor {
  return { id, title, compared: COMPARED, settings }
}

function setting(label: string, circumstances: Circumstances): FactorSetting {
  return { label, circumstances, place: null }
}

function varied(title: string, options: Circumstances['options']): Circumstances {
  return { ...standard, title, options }
}

function neighbours(...others: readonly string[]): Circumstances {
  return { ...standard, title: `koa beside ${others.join(', ')}`, apps: ['koa', ...others] }
}

/** The server on the load generator's CPU and the other way round; null where nothing is pinned. */
function swap(placement: CpuPlacement): CpuPlacement | null {
  const { serverCpu, loadCpu, runnerCpu } = placement
  if (serverCpu === null || loadCpu === null) return null
  return { ...placement, serverCpu: loadCpu, loadCpu: serverCpu, runnerCpu: runnerCpu === loadCpu ? serverCpu : runnerCpu }
}
