import { describe, expect, it } from 'vitest'
import { UserError } from '../errors.ts'
import { laptop, mac, machineOf } from '../fixtures/machines.ts'
import { choosePlacement, cpusForWorkers, notPinned, parseCpuList, placeOnCpus, remarkOnPlacement } from './cpus.ts'

describe('parseCpuList', () => {
  it.each([
    ['0', [0]],
    ['0-3', [0, 1, 2, 3]],
    ['0-1,4,6-7\n', [0, 1, 4, 6, 7]],
    ['12', [12]],
    ['', []],
    ['\n', []],
  ])('%j', (text, cpus) => expect(parseCpuList(text)).toEqual(cpus))
})

describe('choosePlacement', () => {
  it('gives server, load generator and runner a CPU each where there are three', () => {
    expect(choosePlacement([0, 1, 2, 3])).toEqual({ serverCpu: 3, loadCpu: 2, runnerCpu: 1, notPinnedBecause: null })
  })

  it('takes only what is allowed', () => {
    expect(choosePlacement([2, 5, 9])).toEqual({ serverCpu: 9, loadCpu: 5, runnerCpu: 2, notPinnedBecause: null })
  })

  it('puts the runner beside the load generator where there are two', () => {
    expect(choosePlacement([4, 6])).toEqual({ serverCpu: 6, loadCpu: 4, runnerCpu: 4, notPinnedBecause: null })
  })

  it.each([[[0]], [[]]])('pins nothing with %j', (allowed) => {
    expect(choosePlacement(allowed)).toEqual({
      serverCpu: null,
      loadCpu: null,
      runnerCpu: null,
      notPinnedBecause: 'there is only one CPU',
    })
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
    const placement = choosePlacement(allowed)
    expect(cpusForWorkers(placement, allowed)).toEqual(cpus)
    if (cpus !== null) expect(cpus).toContain(placement.serverCpu)
  })
})

describe('placeOnCpus', () => {
  it('never gives server and load generator the same CPU, and says why when it gives none', () => {
    const { serverCpu, loadCpu, notPinnedBecause } = placeOnCpus()
    expect(serverCpu === null).toBe(notPinnedBecause !== null)
    expect(serverCpu === null || serverCpu !== loadCpu).toBe(true)
  })

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
    expect(remarkOnPlacement(choosePlacement([0, 1]))).toBe(null)
  })
})
