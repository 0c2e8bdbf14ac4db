import { describe, expect, it } from 'vitest'
import { type PayloadSize, type PayloadSource, payloadSizes } from '../../../apps/payload/payload.ts'
import { simulatedAnswer } from '../../fixtures/simulated-answer.ts'
import { withDefaults } from '../../measure/options.ts'
import type { AnswerFigure } from '../../result/answer.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { resolveApps } from '../resolve.ts'
import { preparePayload } from './payload.ts'

/** Microseconds: so much for the request, and so much for every 1000 bytes; files cost 60 µs more, whoever sends them, nginx aside. */
const COSTS: Readonly<Record<string, { readonly request: number; readonly kilobyte: number }>> = {
  ...{ 'node-http': { request: 20, kilobyte: 0.5 }, koa: { request: 40, kilobyte: 0.5 } },
  ...{ express: { request: 50, kilobyte: 1.5 }, nginx: { request: -45, kilobyte: 0.3 } },
}
const FILE = 60

function costOf(app: string, endpoint: string): number {
  const { request, kilobyte } = COSTS[app]!
  const [source, bytes] = endpoint.split('-')
  return request + (Number(bytes) / 1000) * kilobyte + (source === 'file' ? FILE : 0)
}

async function answered(
  given: { sizes?: readonly PayloadSize[]; sources?: readonly PayloadSource[] } = {},
  spoil?: (result: Result) => Result,
) {
  const options = withDefaults({ apps: ['koa', 'express'] }, [], 5)
  const nginx = { name: 'nginx 1.2.3', path: 'nginx', connections: 16 }
  const prepared = await preparePayload(options, resolveApps(options.apps, '/'), given, nginx)
  return simulatedAnswer(prepared, { world: { cost: costOf, processNoise: 0.001, sliceNoise: 0.005 } }, spoil)
}

const plainOf = (figure: AnswerFigure | undefined) =>
  typeof figure === 'object' ? (figure === null ? null : Number(figure.value.toPrecision(2))) : figure

describe('the answer of the study payload', () => {
  it('has a row per app, source and length: over the skeleton, over memory and over nginx', async () => {
    const { answer, cells } = await answered()
    const [costs] = answer.tables
    const row = (...of: AnswerFigure[]) =>
      costs!.rows
        .find((own) => of.every((figure, index) => own[index] === figure))
        ?.slice(3, 7)
        .map(plainOf)
    expect(costs!.rows).toHaveLength(3 * 6 + 3)
    expect(row('node-http', 'from memory', 40)).toEqual([20, null, null, null])
    expect(row('koa', 'from memory', 40)).toEqual([40, 2, null, null])
    expect(row('express', 'from memory', 100_000)).toEqual([200, 2.9, null, null])
    expect(row('koa', 'from a file', 100_000)).toEqual([150, 1.2, 1.7, 3.3])
    expect(row('nginx', 'from a file', 40)).toEqual([15, 0.19, null, null])
    expect(row('nginx', 'from memory', 40)).toBeUndefined()
    expect(cells.find(({ app }) => app === 'nginx')!.deployment.runtime).toBe('nginx 1.2.3')
  })

  it('says what a kilobyte adds, beyond the skeleton too, and calls a tie a tie', async () => {
    const { answer } = await answered()
    const slopes = answer.tables[1]!.rows.map((row) => row.map(plainOf))
    expect(slopes.filter(([app]) => app === 'express')).toEqual([
      ['express', 'from memory', 1.5, 1],
      ['express', 'from a file', 1.5, 1],
    ])
    for (const [, , perKilobyte] of answer.tables[1]!.rows) {
      const { low, high, value } = perKilobyte as Estimate
      expect(low! < value && value < high!).toBe(true)
    }
    expect(answer.sentences).toMatchInlineSnapshot(`
      [
        "node-http (the skeleton): a kilobyte costs 0.4997 [0.4984, 0.5011] µs from memory, and 0.5015 [0.4982, 0.5049] µs from a file.",
        "node-http (the skeleton): a file of 100,000 bytes costs 1.858 [1.853, 1.863] times as much as the same from memory; it costs 2.886 [2.851, 2.921] times as much as from nginx with sendfile.",
        "koa: a kilobyte costs 0.5003 [0.4995, 0.5011] µs from memory (cannot be told apart from the skeleton: +0.0006 [-0.0020, 0.0032] µs), and 0.5015 [0.4988, 0.5042] µs from a file (cannot be told apart from the skeleton: 0.0000 [-0.0028, 0.0027] µs).",
        "koa: a file of 100,000 bytes costs 1.667 [1.662, 1.671] times as much as the same from memory; it costs 3.33 [3.29, 3.37] times as much as from nginx with sendfile.",
        "express: a kilobyte costs 1.500 [1.495, 1.505] µs from memory (+1.001 [0.997, 1.004] µs against the skeleton), and 1.5016 [1.5009, 1.5023] µs from a file (+1.0000 [0.9971, 1.0029] µs against the skeleton).",
        "express: a file of 100,000 bytes costs 1.301 [1.298, 1.305] times as much as the same from memory; it costs 5.78 [5.71, 5.85] times as much as from nginx with sendfile.",
        "nginx: a kilobyte costs 0.3004 [0.2997, 0.3010] µs from a file (-0.2012 [-0.2042, -0.1981] µs against the skeleton).",
      ]
    `)
  })

  it('has a curve per app, from memory and from a file', async () => {
    const [chart] = (await answered()).answer.charts
    expect(new Set(chart!.points.map(({ panel }) => panel))).toEqual(new Set(['from memory', 'from a file']))
    expect(chart!.points.filter(({ series, panel }) => series === 'koa' && panel === 'from a file').map(({ x }) => x)).toEqual([
      ...payloadSizes,
    ])
  })

  it('has no kilobytes of one length, and no nginx without files', async () => {
    const { answer, cells } = await answered({ sizes: [10_000], sources: ['memory'] })
    expect(answer.tables.map(({ id }) => id)).toEqual(['payload-cost'])
    expect(cells.map(({ app }) => app)).not.toContain('nginx')
    expect(answer.sentences).toEqual([])
  })

  it('has nothing over a skeleton that may not be quoted', async () => {
    const { answer } = await answered({}, (result) => ({
      ...result,
      cells: result.cells.map((cell) =>
        cell.app === 'node-http' && cell.endpoint === 'file-40' ? { ...cell, verdict: 'invalid' } : cell,
      ),
    }))
    const koa = answer.tables[0]!.rows.filter(([app]) => app === 'koa').map((row) => [`${row[1]}`, row[2], row[4] === null])
    expect(koa.filter(([, , isNull]) => isNull)).toEqual([['from a file', 40, true]])
    const slopes = answer.tables[1]!.rows.map((row) => [row[0], row[1], row[3] === null])
    expect(slopes.filter(([app]) => app === 'koa')).toEqual([
      ['koa', 'from memory', false],
      ['koa', 'from a file', true],
    ])
  })

  it('does not quote requests/s where the load generator was the limit, nor anything of an invalid cell', async () => {
    const spoilt = (result: Result): Result => ({
      ...result,
      cells: result.cells.map((cell) => {
        if (cell.state !== 'measured' || cell.endpoint !== 'file-100000') return cell
        if (cell.app === 'nginx') return { ...cell, verdict: 'invalid' }
        return cell.app === 'koa' ? { ...cell, verdict: 'suspect', serverBusy: 0.9 } : cell
      }),
    })
    const { answer } = await answered({}, spoilt)
    const row = answer.tables[0]!.rows.find(([app, from, bytes]) => app === 'koa' && from === 'from a file' && bytes === 100_000)!
    expect(row.slice(6)).toEqual([null, null])
    expect(row[3]).not.toBeNull()
    expect(answer.limits.slice(0, 2)).toEqual([
      'nginx on file-100000 is not quoted: invalid.',
      'koa on file-100000 was 90 % busy: the load generator was the limit, and its requests/s are left out.',
    ])
  })
})
