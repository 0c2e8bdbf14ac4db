import { describe, expect, it } from 'vitest'
import {
  bigLittle,
  confinedTo,
  intelHybrid,
  threadByThread,
  twoCpus,
  twoSockets,
  unnamedHybrid,
} from '../fixtures/cpu-topologies.ts'
import { type MachineTexts, machineOf, withFiles } from '../fixtures/machines.ts'
import { allowedCpus, parseCpuList, readTopology } from './topology.ts'

const topologyOf = (texts: MachineTexts) => readTopology(machineOf(texts), allowedCpus(machineOf(texts)))
const kindsOf = (texts: MachineTexts) => topologyOf(texts).map(({ kind }) => kind)

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

describe('allowed CPUs', () => {
  it('are those of the process, without those that are switched off: the kernel may allow what it does not have', () => {
    expect(allowedCpus(machineOf(confinedTo('0-127', twoCpus)))).toEqual([0, 1])
    expect(allowedCpus(machineOf(confinedTo('1', twoCpus)))).toEqual([1])
    expect(allowedCpus(machineOf({ files: { '/proc/self/status': 'Cpus_allowed_list:\t2-3\n' } }))).toEqual([2, 3])
  })
})

describe('the topology', () => {
  it('has the core of every thread', () => {
    expect(topologyOf(threadByThread).map(({ core }) => core)).toEqual([0, 1, 0, 1])
    expect(topologyOf(confinedTo('2-3', threadByThread)).map(({ core }) => core)).toEqual([0, 1])
  })

  it('reads the older name of the list as well', () => {
    const old = withFiles(
      { files: { '/proc/self/status': 'Cpus_allowed_list:\t0-1\n' } },
      {
        '/sys/devices/system/cpu/cpu0/topology/thread_siblings_list': '0-1\n',
        '/sys/devices/system/cpu/cpu1/topology/thread_siblings_list': '0-1\n',
      },
    )
    expect(topologyOf(old).map(({ core }) => core)).toEqual([0, 0])
  })

  it('tells kinds of cores by lists, by capacities, and by clock rates that are far apart', () => {
    const eightAndEight = [...Array(16).fill(0), ...Array(8).fill(1)]
    expect(kindsOf(intelHybrid)).toEqual(eightAndEight)
    expect(kindsOf(unnamedHybrid)).toEqual(eightAndEight)
    expect(kindsOf(bigLittle)).toEqual([1, 1, 1, 1, 0, 0, 0, 0])
    expect(kindsOf(confinedTo('0-3', bigLittle))).toEqual([0, 0, 0, 0])
    expect(kindsOf(twoCpus)).toEqual([0, 0])
  })

  it('has memory node and last-level cache, or the package where caches are hidden', () => {
    const [first, , , , fifth] = topologyOf(twoSockets)
    expect([first, fifth]).toMatchObject([
      { node: 0, cache: '0-1,8-9' },
      { node: 1, cache: '4-5,12-13' },
    ])
    expect(topologyOf(bigLittle)[0]).toMatchObject({ node: null, cache: '0-7' })
  })

  it('is one of cores without a place where the kernel says nothing', () => {
    expect(readTopology(machineOf({ files: {} }), [3, 5])).toEqual([
      { cpu: 3, core: 3, kind: 0, node: null, cache: null },
      { cpu: 5, core: 5, kind: 0, node: null, cache: null },
    ])
  })
})
