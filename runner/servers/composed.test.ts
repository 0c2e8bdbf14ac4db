import { describe, expect, it } from 'vitest'
import type { CpuReading } from '../machine/process-tree.ts'
import { asOne, inFront } from './composed.ts'
import type { Deployment } from './deployment.ts'

const thread = (cpuNs: number) => ({ cpuNs, runDelayNs: 1 })
/** A server that listens on a port and has used so much; what happens to it is noted. */
function server(port: number, reading: Partial<CpuReading>, happened: string[] = [], ended: string | null = null): Deployment {
  const cpu = { cpuNs: 0, runDelayNs: 0, mainThread: null, ...reading }
  return {
    plan: { id: 'app', app: 'app', modulePath: '/app', transport: 'tcp', proxy: { kind: 'haproxy' } as never },
    address: { transport: 'tcp', host: '127.0.0.1', port },
    startup: { listenedMilliseconds: 1, answeredMilliseconds: 2 },
    facts: {},
    cpu: async () => cpu,
    cpuShares: async () => ({ userNs: port, systemNs: 1 }),
    childrenCpuNs: async () => new Map([[port, 5]]),
    members: async () => [{ role: 'worker', cpuNs: port } as never],
    ended: () => ended,
    lastLines: () => [`line of ${port}`],
    stop: async () => void happened.push(`stopped ${port}`),
  }
}

describe('several processes of an app', () => {
  it('are metered as one, their main threads as those of workers', async () => {
    const one = asOne([
      server(1, { cpuNs: 10, runDelayNs: 3, mainThread: thread(8) }),
      server(2, { cpuNs: 30, mainThread: thread(25) }),
    ])
    expect(await one.cpu()).toEqual({ cpuNs: 40, runDelayNs: 3, mainThread: thread(8), workerThreads: [thread(25)] })
    expect(await one.cpuShares()).toEqual({ userNs: 3, systemNs: 2 })
    expect([...(await one.childrenCpuNs()).keys()]).toEqual([1, 2])
    expect(await one.members()).toHaveLength(2)
    expect(one.address).toMatchObject({ port: 1 })
    expect(one.otherAddresses).toMatchObject([{ port: 2 }])
    expect(one.lastLines()).toEqual(['line of 1', 'line of 2'])
  })

  it('are gone when one of them is, and end together', async () => {
    const happened: string[] = []
    const one = asOne([server(1, {}, happened), server(2, {}, happened, 'ended with exit code 1')])
    expect(one.ended()).toBe('ended with exit code 1')
    await one.stop()
    expect(happened).toEqual(['stopped 1', 'stopped 2'])
  })

  it('of which there is one are that one', () => {
    const only = server(1, {})
    expect(asOne([only])).toBe(only)
  })
})

it('what stands in front is a part of the cost, and named when it is gone', async () => {
  const process = server(1, { cpuNs: 10, mainThread: thread(8) })
  const both = inFront(process, server(2, { cpuNs: 4 }, [], 'was ended by SIGKILL'))
  expect(await both.cpu()).toMatchObject({ cpuNs: 14, proxyCpuNs: 4, mainThread: thread(8) })
  expect(both.ended()).toBe('lost its haproxy, which was ended by SIGKILL,')
  expect(both.address).toMatchObject({ port: 2 })
})
