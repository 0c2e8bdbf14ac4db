import { describe, expect, it } from 'vitest'
import { optionsOf } from '../../cli/add-command.ts'
import { finding, fixtureResult } from '../../fixtures/fixture-result.ts'
import { AnswerBody, type AnswerTable } from '../../result/answer.ts'
import type { Estimate, ProcessRecord, Result } from '../../result/model.ts'
import { questionOptions } from '../measure-question.ts'
import { answerMemory, memory } from './memory.ts'

const MEBIBYTE = 2 ** 20
type Records = NonNullable<Result['processRecords']>

interface Made {
  readonly idle: number
  readonly loaded?: number
  readonly start?: number
}

/** MiB and milliseconds; what is not given is 100. */
function process({ idle, loaded = 100, start = 100 }: Made): ProcessRecord {
  const memory = (mebibytes: number) => ({ residentBytes: mebibytes * MEBIBYTE, anonymousBytes: (mebibytes * MEBIBYTE) / 2 })
  return {
    ...{ startMilliseconds: start, firstAnswerMilliseconds: start + 10, firstAnswerCpuMilliseconds: start / 2 },
    ...{ idle: memory(idle), loaded: memory(loaded), rested: null, members: [] },
  }
}

/** By app, and `node-http#2` for the second copy. */
function rounds(...all: Record<string, Made>[]): Records {
  return all.flatMap((processes, index) =>
    Object.entries(processes).map(([id, made]) => {
      const isSecond = id === 'node-http#2'
      return { round: index + 1, app: isSecond ? 'node-http' : id, copy: isSecond ? 2 : 1, ...process(made) }
    }),
  )
}

const usual = rounds(
  { 'node-http': { idle: 60 }, 'node-http#2': { idle: 60 }, koa: { idle: 64, loaded: 101, start: 150 }, evil: { idle: 1 } },
  { 'node-http': { idle: 60 }, 'node-http#2': { idle: 62 }, koa: { idle: 66, loaded: 99, start: 152 }, evil: { idle: 1 } },
  { 'node-http': { idle: 62 }, 'node-http#2': { idle: 60 }, koa: { idle: 67, loaded: 100, start: 148 }, evil: { idle: 1 } },
)

function answer(processRecords = usual, result: Result = fixtureResult(), notPinnedBecause: string | null = null) {
  const made = answerMemory({ ...result, processRecords }, { restMilliseconds: 1500, notPinnedBecause })
  expect(AnswerBody.parse(JSON.parse(JSON.stringify(made)))).toEqual(made)
  return made
}

function figure({ columns, rows }: AnswerTable, who: string, head: string): Estimate {
  const place = columns.findIndex((column) => column.head === head)
  return rows.find(([name]) => name === who)![place] as Estimate
}

describe('the memory study', () => {
  it('pairs every app with both copies of the baseline, round by round', () => {
    const [memory, start] = answer().tables
    // 64, 66 and 67 over 60, 61 and 61: 4, 5 and 6; Student t of 2 degrees of freedom is 4.303.
    const over = figure(memory!, 'koa', 'idle, over node-http')
    expect(over.value).toBeCloseTo(5, 9)
    expect(over.high! - over.value).toBeCloseTo(4.303 / Math.sqrt(3), 2)
    expect(figure(memory!, 'koa', 'idle, MiB').value).toBeCloseTo((64 * 66 * 67) ** (1 / 3), 9)
    expect(figure(start!, 'koa', 'first answer after, over node-http').value).toBeCloseTo(50, 9)
    expect(figure(memory!, 'koa', 'at rest after it, MiB')).toBeNull()
    expect(figure(memory!, 'node-http', 'idle, over node-http')).toBeNull()
  })

  it('says what is more, and what cannot be told apart', () => {
    const { sentences } = answer()
    expect(sentences[0]).toMatch(
      /^node-http holds 60\.7 \[.*\] MiB when idle and 100 MiB under load\. It takes 100 ms until it listens and 110 ms/,
    )
    expect(sentences[1]).toMatch(
      /^koa compared with node-http: 5\.0 \[2\.5, 7\.5\] MiB more when idle; 50 \[45, 55\] ms more until it listens; .*; cannot be told apart under load \(0\.0 \[-2\.5, 2\.5\] MiB\)\.$/,
    )
    expect(sentences[2]).toMatch(
      /^The two copies of node-http differ by 0 \[.*\] MiB when idle, .*: as it should be, none of it can be told from zero\.$/,
    )
  })

  it('warns when the two copies of the baseline differ', () => {
    const { sentences } = answer(
      rounds(...[0, 0.1, 0.2].map((more) => ({ 'node-http': { idle: 60 }, 'node-http#2': { idle: 65 + more } }))),
    )
    expect(sentences.at(-1)).toMatch(
      /differ by 5\.\d+ \[.*they are the same program, so differences as small as these mean nothing\.$/,
    )
  })

  it('quotes nothing of an app that failed, and says so', () => {
    const { tables, limits, charts } = answer()
    for (const { rows } of tables) expect(rows.map(([name]) => name)).toEqual(['node-http', 'koa'])
    for (const { points } of charts) expect(new Set(points.map(({ x }) => x))).toEqual(new Set(['node-http', 'koa']))
    expect(limits[0]).toMatch(/^Not quoted, because of what was found of them: .*evil.*\.$/)
  })

  it('quotes an app whose cost is in doubt: its memory is not', () => {
    const result = fixtureResult()
    const cells = result.cells.map((cell) => ({
      ...cell,
      verdict: 'invalid' as const,
      findings: [finding('server-idle', 'invalid', '', '')],
    }))
    expect(answer(usual, { ...result, cells }).tables[0]!.rows.map(([name]) => name)).toContain('koa')
  })

  it('says nothing of a simulation, of a baseline that failed, and before the first round', () => {
    const result = fixtureResult()
    const found = (code: string, who: string) => ({
      ...result,
      cells: result.cells.map((cell) => (cell.app === who ? { ...cell, findings: [finding(code, 'invalid', '', '')] } : cell)),
    })
    for (const nothing of [
      answer(usual, found('simulated', 'node-http')),
      answer(usual, found('app-failed', 'node-http')),
      answer([]),
    ]) {
      expect(nothing).toMatchObject({ sentences: [], tables: [], charts: [] })
    }
  })

  it('with one round has numbers without intervals, and tells nothing apart', () => {
    const { sentences, tables } = answer(usual.filter(({ round }) => round === 1))
    expect(figure(tables[0]!, 'koa', 'idle, over node-http')).toMatchObject({ value: 4, low: null, high: null })
    expect(sentences[1]).toMatch(/^koa compared with node-http: cannot be told apart when idle \(4\.00 \[\?, \?\] MiB\)/)
  })

  it('says when other programs were in the way, and when nothing was pinned', () => {
    const result = fixtureResult()
    const busy = { ...result, environment: { ...result.environment, foreignShare: 0.4 } }
    expect(answer().limits.join()).not.toContain('Other programs')
    expect(answer(usual, busy, 'there is only one CPU').limits.join()).toMatch(
      /not pinned to a CPU \(there is only one CPU\).*Other programs used 40 %/,
    )
  })
})

it('the memory study takes rounds and no precision: there is no cost to wait for', () => {
  const flags = optionsOf(memory).map((row) => row.flags.split(' ')[0])
  expect(flags).toContain('--rounds')
  expect(flags).not.toContain('--precision')
  expect(optionsOf(memory).find(({ flags }) => flags === '--quick')).toMatchObject({
    description: '7 rounds, 4 minutes: a first look',
  })
  expect(questionOptions(memory, {}, 1)).toMatchObject({ rounds: 16, blocks: 20 })
  expect(questionOptions(memory, { quick: true }, 1)).toMatchObject({ rounds: 7, maxMinutes: 4 })
  expect(questionOptions(memory, { quick: true, rounds: 3 }, 1)).toMatchObject({ rounds: 3 })
})
