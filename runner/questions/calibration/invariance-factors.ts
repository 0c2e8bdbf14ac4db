import type { CpuPlacement } from '../../machine/cpus.ts'
import { DEFAULT_SLICE_MILLISECONDS, withDefaults } from '../../measure/options.ts'
import { askedIn, asPlanned, places, type Reading, type Way } from './invariance-readings.ts'
import { COMPARED } from './part-context.ts'

/** How the comparison is run. One object may be the setting of several factors; it is measured once for all of them. */
export interface Circumstances {
  /** For the progress line. */
  readonly title: string
  /** Beside the baseline. */
  readonly apps: readonly string[]
  /** In which the same processes are asked, beside the default one. */
  readonly ways: readonly Way[]
  /** null: the part's own. */
  readonly placement: CpuPlacement | null
}

export interface FactorSetting {
  readonly label: string
  readonly isDefault: boolean
  readonly circumstances: Circumstances
  /** Which slices of these circumstances count. */
  readonly reading: Reading
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
export const standard: Circumstances = { title: 'the default setting', apps: COMPARED, ways: [], placement: null }

const DEFAULT_CONNECTIONS = withDefaults({}, [], 0).connections
const CONNECTIONS = [4, 8, 32, 64, 128, 256]
const SLICE_MILLISECONDS = [10, 50, 100, 500]
const sleeping: Way = { key: 'sleeping', load: { sleeps: true } }
const connections = CONNECTIONS.map((count): Way => ({ key: `${count}-connections`, load: { connections: count } }))
const slices = SLICE_MILLISECONDS.map((length): Way => ({ key: `${length}-ms`, load: { sliceMilliseconds: length } }))
/** In runs of their own, because the long slices take most of the time. */
const otherLoad = { ...standard, title: 'other loads', ways: [sleeping, ...connections] }
const otherSlices = { ...standard, title: 'other lengths of a slice', ways: slices }
const crowded = { ...standard, title: 'koa beside four copies of express', apps: ['koa', ...Array<string>(4).fill('express')] }

/** All factors, each with the default among its settings; without those that this machine cannot vary. */
export function invarianceFactors(placement: CpuPlacement): Factor[] {
  const swapped = swap(placement)
  return [
    factor('load-generator', 'load generator', [
      byDefault('spinning', otherLoad),
      setting('sleeping', otherLoad, askedIn(sleeping)),
    ]),
    factor('slice', 'length of a slice', [
      byDefault(`${DEFAULT_SLICE_MILLISECONDS} ms`, otherSlices),
      ...SLICE_MILLISECONDS.map((length, index) => setting(`${length} ms`, otherSlices, askedIn(slices[index]!))),
    ]),
    factor('connections', 'connections', [
      byDefault(String(DEFAULT_CONNECTIONS), otherLoad),
      ...CONNECTIONS.map((count, index) => setting(String(count), otherLoad, askedIn(connections[index]!))),
    ]),
    ...(swapped === null
      ? []
      : [
          factor('cpu', 'CPU', [
            byDefault('as placed', standard),
            setting('server and load generator swapped', { ...standard, title: 'swapped CPUs', placement: swapped }),
          ]),
        ]),
    {
      ...factor('neighbours', 'neighbours in the block', [
        byDefault('any', standard),
        ...places.neighbour.map((place) => setting(place.label, standard, place)),
        setting('four copies of express', crowded),
      ]),
      compared: ['koa'],
    },
    factor('order', 'place in the block', [
      byDefault('any', standard),
      ...places.order.map((place) => setting(place.label, standard, place)),
    ]),
  ]
}

function factor(id: string, title: string, settings: readonly FactorSetting[]): Factor {
  return { id, title, compared: COMPARED, settings }
}

function byDefault(label: string, circumstances: Circumstances): FactorSetting {
  return { ...setting(label, circumstances), isDefault: true }
}

function setting(label: string, circumstances: Circumstances, reading = asPlanned): FactorSetting {
  return { label, isDefault: false, circumstances, reading }
}

/** The server on the load generator's CPU and the other way round; null where nothing is pinned. */
function swap(placement: CpuPlacement): CpuPlacement | null {
  const { serverCpu, loadCpu, runnerCpu } = placement
  if (serverCpu === null || loadCpu === null) return null
  return { ...placement, serverCpu: loadCpu, loadCpu: serverCpu, runnerCpu: runnerCpu === loadCpu ? serverCpu : runnerCpu }
}
