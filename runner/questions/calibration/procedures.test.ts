import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { familyOf } from '../../fixtures/processes.ts'
import { realPart } from '../../fixtures/simulated-part.ts'
import { pinRunner, placeOnCpus, unpinRunner } from '../../machine/placement.ts'
import { resolveApps } from '../resolve.ts'
import {
  FULL_SECONDS,
  fastifyBenchmarks,
  interleavedAutocannon,
  type Procedure,
  runSeconds,
  type Server,
  sequentialAutocannon,
  sequentialWrk,
  startServer,
} from './procedures.ts'
import { thisSuite } from './this-suite.ts'

const servers: readonly Server[] = resolveApps(['koa'], '/').map((app) => ({ name: `${app.id} here`, app }))
const names = servers.map(({ name }) => name)
const hasWrk = (await sequentialWrk.missing?.()) === null
/** The shortest there is: runs of one second. */
const order = (of: readonly Server[] = servers) => ({ servers: of, seconds: 1, seed: 5 })

afterEach(() => {
  expect(familyOf(process.pid).filter(({ command }) => /serve\.ts|autocannon|wrk/.test(command))).toEqual([])
})

describe('what a procedure says of itself', () => {
  it.each([
    [sequentialAutocannon, FULL_SECONDS, 'autocannon -c 10 -d 10, one run per server, one server after another'],
    [sequentialAutocannon, 1, 'autocannon -c 10 -d 1, one run per server, one server after another'],
    [sequentialWrk, FULL_SECONDS, 'wrk -t1 -c10 -d10s, one run per server, one server after another'],
  ])('%s', (procedure, seconds, sentence) => expect(procedure.what(seconds)).toBe(sentence))

  it('names the shortened run of fastify/benchmarks', () => {
    expect(fastifyBenchmarks.what(FULL_SECONDS)).toContain('autocannon -c 100 -p 10 -d 5 twice per server')
    expect(fastifyBenchmarks.what(FULL_SECONDS)).toContain('5 s each instead of 40 s')
  })

  it('gives the command line of the suite', () => {
    expect(thisSuite.what(FULL_SECONDS)).toContain('--endpoints hello --precision 0.01 --max-minutes 0.75,')
  })
})

describe('runSeconds', () => {
  it.each([
    [10, FULL_SECONDS, 10],
    [10, FULL_SECONDS / 2, 5],
    [5, FULL_SECONDS, 5],
    [5, 1, 1],
  ])('%d s of a full repetition, in one of %d s: %d s', (full, seconds, expected) =>
    expect(runSeconds(full, seconds)).toBe(expected),
  )
})

describe('a repetition for real', () => {
  it.each([
    { procedure: sequentialAutocannon, of: servers },
    { procedure: fastifyBenchmarks, of: servers.slice(0, 1) },
    { procedure: interleavedAutocannon, of: servers },
  ])('$procedure.title', ({ procedure, of }) => checkRepetition(procedure, of))

  it.runIf(hasWrk)('wrk, one after another', () => checkRepetition(sequentialWrk, servers.slice(0, 1)))

  it('that is stopped leaves nothing behind and says nothing', async () => {
    const { context, controller } = realPart(60_000)
    const running = sequentialAutocannon.repeat({ ...order(), seconds: FULL_SECONDS }, context).then(
      (figures) => figures,
      (error: Error) => error.message,
    )
    const loads = () => familyOf(process.pid).filter(({ command }) => command.includes('--json -c 10 -d 10'))
    await expect.poll(() => loads().length).toBe(1)
    controller.abort()
    expect(await running).toMatch(/was stopped$/)
  })

  it('of a server that does not start is a failure with its reason', async () => {
    const { context } = realPart(60_000)
    const broken = { name: 'broken', app: { ...servers[0]!.app, modulePath: '/no/such/app.ts' } }
    await expect(sequentialAutocannon.repeat(order([broken]), context)).rejects.toMatchObject({
      name: 'RunError',
      message: expect.stringContaining('broken ended with exit code 1 before it answered'),
    })
    await expect(interleavedAutocannon.repeat(order([servers[0]!, broken]), context)).rejects.toThrow(
      'broken ended with exit code 1 before it answered',
    )
  })
})

async function checkRepetition(procedure: Procedure, of: readonly Server[]): Promise<void> {
  const { context, sentences } = realPart(60_000)
  const figures = await procedure.repeat(order(of), context)
  const expected = names.slice(0, of.length)
  expect(Object.keys(figures!.requestsPerSecond)).toEqual(expected)
  expect(Object.keys(figures!.costMicroseconds)).toEqual(expected)
  for (const name of expected) {
    expect(figures!.requestsPerSecond[name]).toBeGreaterThan(0)
    expect(figures!.costMicroseconds[name]).toBeGreaterThan(0)
    expect(sentences.some((sentence) => sentence.startsWith(procedure.title) && sentence.endsWith(name))).toBe(true)
  }
  expect(figures!.ratios).toBeNull()
  expect(figures!.course.map(({ ratios }) => Object.keys(ratios))).toEqual(
    procedure === interleavedAutocannon ? [names.slice(1)] : [],
  )
}

describe.runIf(placeOnCpus().serverCpu !== null)('servers of other procedures than the suite', () => {
  it('may use every CPU that this process was started with, even after a run of the suite', async () => {
    const allowed = (pid: number) => /^Cpus_allowed_list:.*$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[0]
    const before = allowed(process.pid)
    const { context } = realPart(1_000)
    pinRunner(context.placement)
    try {
      expect(allowed(process.pid)).not.toBe(before)
      const { deployment } = await startServer(servers[0]!, context.placement)
      const server = familyOf(process.pid).find(({ command }) => command.includes('serve.ts'))!
      expect(allowed(server.pid)).toBe(before)
      await deployment.stop()
    } finally {
      unpinRunner(context.placement)
    }
  })
})
