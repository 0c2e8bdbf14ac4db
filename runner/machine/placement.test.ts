import { describe, expect, it } from 'vitest'
import {
  bigLittle,
  confinedTo,
  coreByCore,
  eightCpus,
  fourCores,
  fourCpus,
  intelHybrid,
  oneCore,
  threadByThread,
  twoCpus,
  twoSockets,
  unnamedHybrid,
} from '../fixtures/cpu-topologies.ts'
import { laptop, type MachineTexts, mac, machineOf, withFiles } from '../fixtures/machines.ts'
import { UserError } from '../result/errors.ts'
import { choosePlacement, cpusForWorkers, lanesOf, notPinned, placeOnCpus, remarkOnPlacement } from './placement.ts'
import { allowedCpus, readTopology } from './topology.ts'

const placed = (serverCpu: number, loadCpu: number, runnerCpu: number) => ({
  ...{ serverCpu, loadCpu, moreLanes: [], runnerCpu },
  notPinnedBecause: null,
})
/** CPUs of which nothing is known but their numbers. */
const plain = (cpus: readonly number[]) => readTopology(machineOf({ files: {} }), cpus)

describe('choosePlacement, of cores that are all alike', () => {
  it('gives server, load generator and runner a CPU each where there are three', () => {
    expect(choosePlacement(plain([0, 1, 2, 3]))).toEqual(placed(3, 2, 1))
  })

  it('takes only what is allowed', () => expect(choosePlacement(plain([2, 5, 9]))).toEqual(placed(9, 5, 2)))

  it('puts the runner beside the load generator where there are two', () => {
    expect(choosePlacement(plain([4, 6]))).toEqual(placed(6, 4, 4))
  })

  it.each([[[0]], [[]]])('pins nothing with %j', (allowed) => {
    expect(choosePlacement(plain(allowed))).toEqual(notPinned('there is only one CPU'))
  })
})

describe('placeOnCpus, by what the kernel says of the CPUs', () => {
  it.each<[string, MachineTexts, ReturnType<typeof placed>]>([
    [
      '2 cores of 2 threads, numbered core by core: no two of server, load and runner share the core of the server',
      coreByCore,
      placed(3, 1, 0),
    ],
    [
      'the same, numbered thread by thread: the runner is beside the load generator, not beside the server',
      threadByThread,
      placed(3, 2, 0),
    ],
    ['fast and slow cores: two fast ones, the runner on a slow one', intelHybrid, placed(15, 13, 23)],
    ['the same by their clock rates', unnamedHybrid, placed(15, 13, 23)],
    [
      'one thread of one fast core: two slow ones, because both have to be of a kind',
      confinedTo('14,16-19', intelHybrid),
      placed(19, 18, 17),
    ],
    ['one fast core and a slow one: two cores, the server on the fast one', confinedTo('14-16', intelHybrid), placed(15, 16, 16)],
    ['small and large cores', bigLittle, placed(7, 6, 5)],
    ['two sockets: cores that share a cache', twoSockets, placed(15, 14, 13)],
    ['one cache in part: one memory node', confinedTo('0,2,4,6,7', twoSockets), placed(7, 6, 4)],
    ['three CPUs of a cpuset, two of them threads of one core', confinedTo('5-6,13', twoSockets), placed(13, 6, 6)],
    ['two CPUs', twoCpus, placed(1, 0, 0)],
    ['two threads of one core: pinned all the same', oneCore, placed(1, 0, 0)],
  ])('%s', (_name, texts, placement) => expect(placeOnCpus(machineOf(texts))).toEqual(placement))

  it('keeps the server off the core of CPU 0 where another is as good', () => {
    // CPU 0 is the second thread of the last core.
    const reversed = withFiles(coreByCore, {
      '/sys/devices/system/cpu/cpu0/topology/core_cpus_list': '0,3\n',
      '/sys/devices/system/cpu/cpu1/topology/core_cpus_list': '1-2\n',
      '/sys/devices/system/cpu/cpu2/topology/core_cpus_list': '1-2\n',
      '/sys/devices/system/cpu/cpu3/topology/core_cpus_list': '0,3\n',
    })
    expect(placeOnCpus(machineOf(reversed))).toEqual(placed(2, 3, 0))
  })

  it('never gives server and load generator the same CPU here, and says why when it gives none', () => {
    const { serverCpu, loadCpu, notPinnedBecause } = placeOnCpus()
    expect(serverCpu === null).toBe(notPinnedBecause !== null)
    expect(serverCpu === null || serverCpu !== loadCpu).toBe(true)
  })
})

describe('lanes', () => {
  /** `15-13 11-9 runner 0`: servers and load generators, and the runner. */
  const lanesOn = (texts: MachineTexts, most = Number.POSITIVE_INFINITY) => {
    const placement = placeOnCpus(machineOf(texts), most)
    const pairs = lanesOf(placement).map(({ serverCpu, loadCpu }) => `${serverCpu}-${loadCpu}`)
    return `${pairs.join(' ')} runner ${placement.runnerCpu}`
  }

  it.each<[string, MachineTexts, string]>([
    ['2 CPUs: one', twoCpus, '1-0 runner 0'],
    ['two threads of one core: one', oneCore, '1-0 runner 0'],
    ['2 cores of 2 threads: one', coreByCore, '3-1 runner 0'],
    ['4 CPUs: two, the runner beside a load generator', fourCpus, '3-2 1-0 runner 2'],
    ['4 cores of 2 threads: two, the runner on the other thread of a load generator', fourCores, '7-5 3-1 runner 4'],
    ['8 CPUs: three, because more leave the runner none of its own', eightCpus, '7-6 5-4 3-2 runner 1'],
    ['two caches of 4 CPUs: none across them', confinedTo('1-7', eightCpus), '7-6 5-4 3-2 runner 1'],
    ['two caches of 3 CPUs: one in each', confinedTo('1-6', eightCpus), '6-5 3-2 runner 4'],
    ['fast and slow cores: on fast ones only', intelHybrid, '15-13 11-9 7-5 3-1 runner 23'],
    ['large and small cores without threads', bigLittle, '7-6 5-4 runner 3'],
    ['two sockets, each of two caches: each in a cache', twoSockets, '15-14 13-12 11-10 9-8 runner 6'],
    ['one fast core and slow ones: none like the first', confinedTo('14-16', intelHybrid), '15-16 runner 16'],
    ['memory nodes of three cores: none across them', confinedTo('0-2,4-6', twoSockets), '5-4 1-0 runner 6'],
  ])('%s', (_name, texts, lanes) => expect(lanesOn(texts)).toBe(lanes))

  it('are no more than requested, and the rest is as with one', () => {
    expect(lanesOn(eightCpus, 2)).toBe('7-6 5-4 runner 3')
    expect(lanesOn(eightCpus, 1)).toBe('7-6 runner 5')
    expect(lanesOf(notPinned('why'))).toEqual([{ serverCpu: null, loadCpu: null }])
  })

  it('never share a core with each other or the runner with a server, whatever is allowed', () => {
    for (const machine of [fourCores, eightCpus, intelHybrid, bigLittle, twoSockets]) {
      const all = readTopology(machineOf(machine), allowedCpus(machineOf(machine)))
      for (const [first] of all.entries()) {
        const placement = choosePlacement(all.slice(first), Number.POSITIVE_INFINITY)
        if (placement.notPinnedBecause !== null || new Set(all.slice(first).map(({ core }) => core)).size === 1) continue
        const coreOf = (cpu: number | null) => all.find((one) => one.cpu === cpu)!.core
        const pairs = lanesOf(placement).map(({ serverCpu, loadCpu }) => [serverCpu, loadCpu].map(coreOf))
        expect(new Set(pairs.flat()).size).toBe(2 * pairs.length)
        expect(pairs.map(([server]) => server)).not.toContain(coreOf(placement.runnerCpu))
      }
    }
  })
})

describe('cpusForWorkers', () => {
  it.each([
    ['the one of all servers where there are two', [4, 6], [6]],
    ['the one of all servers where there are three', [2, 5, 9], [9]],
    ['all but those of load generator and runner', [0, 1, 2, 3], [0, 3]],
    ['the same with many', [0, 1, 2, 3, 8, 9, 10, 11], [0, 1, 2, 3, 8, 11]],
    ['none in particular where nothing is pinned', [0], null],
  ])('are %s', (_which, allowed, cpus) => {
    const placement = choosePlacement(plain(allowed))
    expect(cpusForWorkers(placement, allowed)).toEqual(cpus)
    if (cpus !== null) expect(cpus).toContain(placement.serverCpu)
  })
})

describe('placeOnCpus', () => {
  it('refuses to measure on Windows, where no server could be ended with certainty', () => {
    const place = () => placeOnCpus(machineOf({ ...laptop, platform: 'win32' }))
    expect(place).toThrow(UserError)
    expect(place).toThrow(/^nothing can be measured on Windows: /)
  })

  it('measures without pinning elsewhere, and says in one sentence what that means', () => {
    expect(placeOnCpus(machineOf(mac))).toEqual(notPinned('this is darwin, and pinning needs Linux'))
    expect(remarkOnPlacement(placeOnCpus(machineOf(mac)))).toBe(
      'what is measured here will be suspect at best: this is darwin, and pinning needs Linux; a valid run needs Linux, two CPUs and the program taskset',
    )
    expect(remarkOnPlacement(choosePlacement(plain([0, 1])))).toBe(null)
  })
})
