import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openCpuDistanceMeter } from './cpu-distance.ts'
import { thisMachine } from './machine-reader.ts'
import { allowedCpus } from './topology.ts'

const cpus = process.platform === 'linux' ? allowedCpus(thisMachine) : []

const threadsOn = (cpu: number) =>
  readdirSync('/proc/self/task').filter((thread) => {
    const status = readFileSync(`/proc/self/task/${thread}/status`, 'latin1')
    return new RegExp(`^Cpus_allowed_list:\\s*${cpu}$`, 'm').test(status)
  }).length

describe.runIf(cpus.length > 1)('the distance of two CPUs', () => {
  const [one, other] = [cpus.at(-1)!, cpus.at(-2)!]

  it('is a time that light could have travelled, again and again, with a thread on each', async () => {
    const meter = await openCpuDistanceMeter(one, other)
    expect(threadsOn(one)).toBeGreaterThan(0)
    expect(threadsOn(other)).toBeGreaterThan(0)
    const known: number[] = []
    // A thread that other programs keep from its CPU does not answer in time: that is no reading.
    for (let reading = 0; reading < 50 && known.length < 5; reading++)
      known.push(...[await meter!.read()].filter((one) => one !== null))
    await meter!.close()
    // Between two caches of one machine; a reading that met another program may be long, but never short.
    expect(known).toHaveLength(5)
    for (const nanoseconds of known) expect(nanoseconds).toBeGreaterThan(5)
  })

  it('is measured by the caller itself where it runs on one of the two', async () => {
    // The test is not pinned: it has the one CPU or the other, and then the partner is on the same or not. Both must come to an end.
    const meter = await openCpuDistanceMeter(one, other, other)
    expect(threadsOn(one)).toBeGreaterThan(0)
    expect(threadsOn(other)).toBe(0)
    const readings: (number | null)[] = []
    for (let reading = 0; reading < 5; reading++) readings.push(await meter!.read())
    await meter!.close()
    for (const nanoseconds of readings) expect(nanoseconds ?? 6).toBeGreaterThan(5)
  })

  it('is not known after the end, and nobody waits for it', async () => {
    const meter = await openCpuDistanceMeter(one, other)
    await meter!.close()
    expect(await meter!.read()).toBeNull()
  })

  it('is not known where a thread cannot be pinned', async () => {
    expect(await openCpuDistanceMeter(one, 9_999)).toBeNull()
  })
})
