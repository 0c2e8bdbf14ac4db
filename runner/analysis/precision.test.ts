import { describe, expect, it } from 'vitest'
import { cellRound as cell, roundAnalysis } from '../fixtures/cell-round.ts'
import { precisionReached } from './precision.ts'
import type { RoundAnalysis } from './round-analysis.ts'

const rounds = (table: readonly Record<string, number>[], endpoint = 'hello'): RoundAnalysis[] =>
  table.map((row, index) =>
    roundAnalysis(index + 1, {
      cells: Object.entries(row).map(([app, logRatio]) => cell(index + 1, app, logRatio, { endpoint })),
    }),
  )

describe('precisionReached', () => {
  const wide = { raw: 0, koa: 0.2, express: 0.5 }

  it('is that of the widest ratio', () => {
    const reached = precisionReached(
      rounds([wide, { raw: 0, koa: 0.201, express: 0.55 }, { raw: 0, koa: 0.202, express: 0.6 }]),
      'raw',
      0.01,
    )!
    expect(reached.widestCell).toBe('express hello')
    expect(reached.widestHalfWidth).toBeCloseTo(Math.expm1((4.302653 * 0.05) / Math.sqrt(3)), 5)
    expect(reached.roundsNeeded).toBeGreaterThan(50)
    expect(Number.isInteger(reached.roundsNeeded)).toBe(true)
  })

  it('needs no more rounds when it is precise, and says nothing of them when nothing is wanted', () => {
    const steady = rounds(Array.from({ length: 6 }, (_, index) => ({ raw: 0, koa: 0.2 + index * 1e-5 })))
    expect(precisionReached(steady, 'raw', 0.01)!.roundsNeeded).toBeLessThanOrEqual(6)
    expect(precisionReached(steady, 'raw', null)!.roundsNeeded).toBeNull()
  })

  it('is infinite after one round, and null with nothing to compare', () => {
    expect(precisionReached(rounds([wide]), 'raw', 0.01, Object.keys(wide))).toBeNull()
    expect(precisionReached(rounds([wide]), 'raw', 0.01)!).toMatchObject({ widestHalfWidth: Infinity, roundsNeeded: Infinity })
    expect(precisionReached(rounds([{ raw: 0 }]), 'raw', 0.01)).toBeNull()
    expect(precisionReached([], 'raw', 0.01)).toBeNull()
  })

  it('does not wait for a cell that is no longer measured', () => {
    const table = Array.from({ length: 6 }, (_, index) => ({
      raw: 0,
      koa: 0.2 + index * 1e-4,
      ...(index < 2 ? { express: index } : {}),
    }))
    expect(precisionReached(rounds(table), 'raw', 0.01)!.widestCell).toBe('koa hello')
  })

  it('is no narrower than the copies of the baseline allow', () => {
    const copy = (process: string, logCost: number) => {
      return { process, requests: 100, serverCpuNs: 1e6 * Math.exp(logCost), elapsedNs: 1 }
    }
    const withCopies = (difference: number) =>
      Array.from({ length: 8 }, (_, index) => {
        const copies = [copy('raw', 0), copy('raw#2', difference + index * 1e-4)]
        return roundAnalysis(index + 1, {
          cells: [cell(index + 1, 'raw', 0, { copies }), cell(index + 1, 'koa', 0.2 + index * 1e-4)],
        })
      })
    const agreeing = precisionReached(withCopies(-3.5e-4), 'raw', 0.01)!
    const differing = precisionReached(withCopies(0.02), 'raw', 0.01)!
    expect(agreeing.widestHalfWidth).toBeLessThan(0.001)
    expect(differing.widestHalfWidth).toBeGreaterThan(0.02)
    expect(differing.roundsNeeded).toBeGreaterThan(agreeing.roundsNeeded!)
  })
})
