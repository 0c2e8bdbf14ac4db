import { describe, expect, it } from 'vitest'
import { simulatedAnswer } from '../../fixtures/simulated-answer.ts'
import type { FakeWorldOptions } from '../../load/fake.ts'
import { withDefaults } from '../../measure/options.ts'
import type { AnswerFigure } from '../../result/answer.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { prepareStack } from './stack.ts'
import { STACKS, type StackId } from './stack-answer.ts'

const app = (id: string) => ({ id, modulePath: `/${id}.ts`, given: id, insideProject: true })

/** Microseconds of the app; nginx takes 0.8 times as much in front of it. */
const COSTS: Readonly<Record<string, number>> = {
  ...{ 'node-http@direct-tcp': 20, 'node-http@direct-unix': 18, 'node-http@nginx-tcp': 50, 'node-http@nginx-tcp-keepalive': 25 },
  ...{ 'node-http@nginx-unix': 40, 'node-http@nginx-unix-keepalive': 25, 'nginx@alone': 10 },
  ...{ 'koa@direct-tcp': 40, 'koa@direct-unix': 40, 'koa@nginx-tcp': 80, 'koa@nginx-tcp-keepalive': 50 },
  ...{ 'koa@nginx-unix': 60, 'koa@nginx-unix-keepalive': 45 },
}

const NGINX = { name: 'nginx 1.2.3', path: 'nginx', connections: 16 }

async function answered(
  given: { endpoints?: ('hello' | 'lookup')[]; stacks?: readonly StackId[]; world?: Partial<FakeWorldOptions> } = {},
  spoil?: (result: Result) => Result,
) {
  const { endpoints = ['hello'], stacks = STACKS, world } = given
  const options = withDefaults({ endpoints }, [], 5)
  const prepared = await prepareStack(options, [app('node-http'), app('koa')], stacks, NGINX)
  const costs = { cost: (id: string) => COSTS[id]!, proxyOverApp: 0.8, processNoise: 0.002, sliceNoise: 0.01, ...world }
  return simulatedAnswer(prepared, { world: costs }, spoil)
}

const plainOf = (figure: AnswerFigure | undefined) => (typeof figure === 'object' ? (figure?.value ?? null) : (figure ?? null))

describe('the answer of the study stack', () => {
  it('takes apart what nginx and what the app costs, each over what it costs alone', async () => {
    const { answer, cells } = await answered()
    const [table] = answer.tables
    const rows = table!.rows.map((row) =>
      row.map(plainOf).map((one) => (typeof one === 'number' ? Number(one.toPrecision(2)) : one)),
    )
    const row = (name: string, front: string) => rows.find(([own, stack]) => own === name && stack === front)!.slice(3)
    expect(row('koa', 'nothing, tcp')).toEqual([40, null, 40, null, null, null])
    expect(row('koa', 'nothing, unix socket')).toEqual([40, null, 40, 1, 1, null])
    expect(row('koa', 'nginx, tcp, connections kept')).toEqual([90, 40, 50, 2.3, 1.3, 4])
    expect(row('koa', 'nginx, unix socket, a connection for every request')).toEqual([110, 48, 60, 2.7, 1.5, 4.8])
    expect(row('node-http', 'nginx, tcp, a connection for every request')).toEqual([90, 40, 50, 4.5, 2.5, 4])
    expect(row('', 'nginx alone')).toEqual([10, 10, null, null, null, null])
    const parts = table!.rows.find(([own, stack]) => own === 'koa' && stack === 'nginx, tcp, connections kept')!
    for (const figure of parts.slice(3)) {
      const { low, high, value } = figure as Estimate
      expect(low! < value && value < high!).toBe(true)
    }
    expect(cells.find(({ app }) => app === 'koa@nginx-unix')!.deployment).toMatchObject({
      ...{ proxy: 'nginx 1.2.3', transport: 'unix', runtime: expect.stringMatching(/^node/) },
    })
    expect(cells.find(({ app }) => app === 'nginx@alone')!.deployment).toMatchObject({ proxy: null, runtime: 'nginx 1.2.3' })
  })

  it('says what changes with the stack, with intervals, and calls a tie a tie', async () => {
    const { answer } = await answered()
    const said = (start: string) => answer.sentences.filter((sentence) => sentence.startsWith(start))
    expect(said('koa')).toMatchInlineSnapshot(`
      [
        "koa behind nginx, tcp, connections kept: a request costs 2.250 [2.225, 2.276] times what it costs without nginx; nginx takes 40.05 [39.77, 40.33] µs per request and the app 50.06 [49.71, 50.41] µs, 1.250 [1.236, 1.265] times its cost without nginx.",
        "koa: a connection from nginx for every request costs 1.600 [1.579, 1.622] times as much as connections that are kept (tcp).",
        "koa: a connection from nginx for every request costs 1.331 [1.321, 1.342] times as much as connections that are kept (unix socket).",
        "koa: nginx to the app over a unix socket costs 0.900 [0.888, 0.913] times as much as nginx over tcp (connections kept).",
        "koa: nginx to the app over a unix socket costs 0.749 [0.744, 0.755] times as much as nginx over tcp (a connection for every request).",
        "koa: without nginx a unix socket cannot be told apart from tcp (0.9989 [0.9956, 1.0022] times the cost).",
      ]
    `)
    expect(said('nginx alone')).toMatchInlineSnapshot(`
      [
        "nginx alone takes 10.039 [10.008, 10.071] µs per request and gives 99,680 [99,360, 100,000] requests/s: the ceiling for what stands behind it.",
      ]
    `)
  })

  it('has a chart of the parts', async () => {
    const [chart] = (await answered()).answer.charts
    expect(chart).toMatchObject({ id: 'stack-cost-hello', form: 'rows' })
    expect(chart!.points.filter(({ panel, x }) => panel === 'koa' && x === 'nginx, tcp, connections kept')).toMatchObject([
      ...[{ series: 'together' }, { series: 'app' }, { series: 'nginx' }],
    ])
  })

  it('has nginx alone on hello only', async () => {
    const { answer, cells } = await answered({ endpoints: ['hello', 'lookup'] })
    expect(cells.filter(({ app }) => app === 'nginx@alone').map(({ endpoint }) => endpoint)).toEqual(['hello'])
    expect(answer.tables.map(({ id }) => id)).toEqual(['stack-hello', 'stack-lookup'])
    expect(answer.tables[1]!.rows.every((row) => row[8] === null)).toBe(true)
    expect(answer.sentences[0]).toMatch(/^On hello: node-http behind nginx/)
  })

  it('quotes no invalid cell, nor anything over one, and says which', async () => {
    const spoilt = (result: Result): Result => ({
      ...result,
      cells: result.cells.map((cell) =>
        /koa@direct-tcp|koa@nginx-tcp$/.test(cell.app) ? { ...cell, verdict: 'invalid' } : cell,
      ),
    })
    const { answer } = await answered({}, spoilt)
    const stacks = answer.tables[0]!.rows.filter(([name]) => name === 'koa').map(([, stack]) => stack)
    expect(stacks).not.toContain('nothing, tcp')
    expect(stacks).not.toContain('nginx, tcp, a connection for every request')
    const koa = answer.tables[0]!.rows.filter(([name]) => name === 'koa')
    expect(koa.every((row) => row[6] === null && row[7] === null)).toBe(true)
    expect(koa.some((row) => row[8] !== null)).toBe(true)
    expect(answer.sentences.filter((sentence) => sentence.startsWith('koa'))).toMatchInlineSnapshot(`
      [
        "koa behind nginx, tcp, connections kept: nginx takes 40.05 [39.77, 40.33] µs per request and the app 50.06 [49.71, 50.41] µs.",
        "koa: a connection from nginx for every request costs 1.331 [1.321, 1.342] times as much as connections that are kept (unix socket).",
        "koa: nginx to the app over a unix socket costs 0.900 [0.888, 0.913] times as much as nginx over tcp (connections kept).",
      ]
    `)
    expect(answer.limits[0]).toBe('koa@direct-tcp on hello and koa@nginx-tcp on hello are not quoted: invalid.')
  })

  it('does not quote requests/s of what the load generator could not keep busy', async () => {
    const idle = (result: Result): Result => ({
      ...result,
      cells: result.cells.map((cell) =>
        cell.state === 'measured' && cell.app === 'nginx@alone' ? { ...cell, serverBusy: 0.6 } : cell,
      ),
    })
    const { answer } = await answered({}, idle)
    expect(answer.tables[0]!.rows.at(-1)!.slice(0, 3)).toEqual(['', 'nginx alone', null])
    expect(answer.sentences.at(-1)).toMatch(/its requests\/s are not known, because the load generator could not keep it busy\.$/)
    expect(answer.limits).toContainEqual(expect.stringMatching(/^nginx@alone was 60 % busy/))
  })

  it('says nothing where nothing may be quoted', async () => {
    const { answer } = await answered({}, (result) => ({
      ...result,
      cells: result.cells.map((cell) => ({ ...cell, verdict: 'invalid' })),
    }))
    expect([answer.sentences, answer.tables, answer.charts]).toEqual([[], [], []])
    expect(answer.limits[0]).toBe('13 cells are not quoted: invalid.')
  })
})
