import { describe, expect, it } from 'vitest'
import { FakeWorld, type FakeWorldOptions } from '../load/fake.ts'
import { measureSlice } from './slice.ts'

/** One slice in a world where everything costs what it says; the runner uses 0.1 ms whenever it is asked what it has used. */
async function slice(world: Partial<FakeWorldOptions>, sharesCpuWithRunner = false) {
  const simulated = new FakeWorld({ cost: () => 10, processNoise: 0, sliceNoise: 0, ...world })
  const plan = { id: 'koa', app: 'koa', modulePath: '/nowhere', transport: 'tcp' } as const
  const deployment = await simulated.host.start(plan, { cpu: null, environmentPadding: 0, readyPath: '/hello' })
  const session = simulated.openSession()
  const requests = [{ endpoint: 'hello', path: '/hello', status: 200, body: '' }]
  await session.connect({ id: 'koa', app: 'koa', address: deployment.address, connections: 1, requests })
  let ownNs = 0
  const clock = { now: () => simulated.nowNs, sharesCpuWithRunner, ownCpuNs: () => (ownNs += 100_000) }
  const order = {
    round: 1,
    block: 2,
    endpoint: 'hello',
    position: 3,
    attempt: 1,
    cpuDistanceNs: 110,
    request: 0,
    milliseconds: 20,
  }
  return (await measureSlice(session, deployment, order, clock)).slice
}

describe('measureSlice', () => {
  it('takes the server’s counters before and after, and knows where it belongs', async () => {
    expect(await slice({})).toMatchObject({
      ...{ round: 1, block: 2, endpoint: 'hello', deployment: 'koa', position: 3, attempt: 1, disturbance: null },
      ...{ requests: 2_000, serverCpuNs: 20e6, helperCpuNs: 0, loadCpuNs: 10e6, serverWaitNs: 0, loadWaitNs: 0 },
    })
  })

  it('tells how long server and load generator waited', async () => {
    const wait = () => ({ serverNs: 3e6, loadNs: 2e6 })
    expect(await slice({ wait })).toMatchObject({ serverWaitNs: 3e6, loadWaitNs: 2e6 })
  })

  it('takes off what the runner used on the CPU of the load generator, and only there', async () => {
    const wait = () => ({ serverNs: 3e6, loadNs: 2e6 })
    expect(await slice({ wait }, true)).toMatchObject({ serverWaitNs: 3e6, loadWaitNs: 1.9e6 })
  })
})
