import { describe, expect, it } from 'vitest'
import { drawn } from '../../fixtures/drawn.ts'
import { plantedPart } from '../../fixtures/fixture-parts.ts'
import { saidBy } from '../../fixtures/said-by.ts'
import { countMarks } from '../../fixtures/svg-marks.ts'
import { PlantedPart } from './data.ts'
import { planted } from './planted.ts'
import { burnSpread, groupRecoveries, recoveriesOf } from './planted-answer.ts'

const said = (part = plantedPart()) => saidBy(planted, part)

/** As it was written before anything was timed in the servers. */
function asOlder({ runs, ...part }: PlantedPart): PlantedPart {
  const older = runs.map(({ emptyNanoseconds, cells, ...run }) => ({
    ...run,
    cells: cells.map(({ inSitu, wholeRequest, ...cell }) => cell),
  }))
  return PlantedPart.parse({ ...part, runs: older })
}

describe('what is said of planted cost', () => {
  it('is how often the truth is held, and whether 1 µs is distinguished from 0', () => {
    const { judged, outcomes, sentences, answer } = said()
    expect(judged[0]?.measured).toMatch(/^98 % of 40 intervals hold the planted value, timed in situ \(/)
    expect(judged[2]?.measured).toBe('in 8 of 8 runs')
    expect(outcomes).toEqual(['met', 'met', 'met'])
    expect(sentences).toMatch(/^One run finds 1 µs as .* on node-http and .* on koa\.$/m)
    expect(answer?.limits).toEqual([])
  })

  it('takes for the truth what was timed in situ, where it was', () => {
    const { outcomes, sentences, answer } = said(plantedPart({ recovered: 1.05, inSitu: 1.05 }))
    expect(outcomes).toEqual(['met', 'met', 'met'])
    expect(answer?.tables[0]?.columns.map(({ head }) => head)).toEqual([
      ...[
        'on top of',
        'planted, timed alone, µs',
        'timed in situ, µs',
        'recovered, µs (median run)',
        'recovered less in situ, µs',
      ],
      ...['recovered ÷ in situ', 'intervals that hold it', 'whole requests longer in situ, µs', 'intervals that hold that'],
    ])
    expect(answer?.tables[0]?.rows[4]?.slice(0, 2)).toEqual(['node-http', '10.04'])
    expect(sentences).toContain('They took longer than alone by 5.0 % on node-http and 5.0 % on koa.')
    expect(sentences).toContain('65 ns on node-http and 66 ns on koa')
    expect(sentences).toContain('Of 100,040 samples 40 took more than 1 ms')
    // What the suite finds as it was planted alone is too little for what the servers say.
    expect(said(plantedPart({ recovered: 1, inSitu: 1.05 })).outcomes[0]).toBe('not met')
  })

  it('compares with whole requests too, of which the work makes the rest more expensive', () => {
    const { outcomes, sentences, answer } = said(plantedPart({ recovered: 1.12, inSitu: 1.05 }))
    expect(outcomes).toEqual(['not met', 'met', 'met'])
    expect(answer?.tables[0]?.rows[4]?.at(-1)).toBe('4 of 4')
    expect(sentences).toContain('by 6.7 % more than the work itself')
    expect(sentences).toMatch(/What the suite has recovered differs from these whole requests by -?0\.\d+ %\./)
  })

  it('says of older files that nothing was timed in situ', () => {
    const { answer } = said(asOlder(plantedPart({ inSitu: null })))
    expect(answer?.limits).toEqual([expect.stringMatching(/^What was planted was not timed in the loaded servers/)])
    expect(answer?.tables[0]?.columns[1]?.head).toBe('planted, µs')
  })

  it('follows the numbers', () => {
    expect(said(plantedPart({ recovered: 1.3 })).outcomes).toEqual(['not met', 'met', 'met'])
    expect(said(plantedPart({ recovered: 0 })).outcomes[2]).toBe('not met')
  })

  it('tells of the plain overhead and the cost of the wrapper', () => {
    const { sentences } = said()
    expect(sentences).toMatch(/The wrapper that burns nothing costs 0\.\d+ \[.*\] µs on node-http and .* µs on koa by one run\./)
    expect(sentences).toMatch(/hold the planted value in \d+ % of 40 intervals/)
    expect(sentences).toContain('a turn takes 1.250 ns; 5 calibrations of it lie within ±0.4 % of their mean')
  })

  it('has every recovery in its chart', async () => {
    const [svg] = await drawn(said().charts)
    expect(countMarks(svg!, 'symbol')).toBe(40)
    expect(countMarks(svg!, 'rule')).toBe(40 + 1)
  })

  it('does with one base, one run, no wrapper and no calibrations', async () => {
    const part = plantedPart({ runs: 1 })
    const lonely = {
      ...part,
      burn: { ...part.burn, perProcess: [] },
      runs: part.runs.slice(0, 1).map((run) => ({ ...run, cells: run.cells.slice(2, 3) })),
    }
    const { answer, sentences, charts } = said(lonely)
    expect(answer?.limits).toEqual(['Nothing was planted on top of koa.'])
    expect(sentences).not.toMatch(/NaN|undefined|wrapper that burns nothing/)
    expect(countMarks((await drawn(charts))[0]!, 'symbol')).toBe(1)
    expect(said({ ...part, runs: [] }).answer).toBeNull()
  })
})

it('recoveries are grouped by base and by the nominal time', () => {
  const groups = groupRecoveries(recoveriesOf(plantedPart()))
  expect(groups.map(({ base, planted, recoveries }) => [base, Number(planted.toPrecision(2)), recoveries.length])).toEqual(
    ['node-http', 'koa'].flatMap((base) => [0.5, 1, 2, 5, 10].map((nominal) => [base, nominal, 4])),
  )
  expect(groups[1]?.planted).toBe(1.004)
})

it('the spread of the burning loop is the farthest process from the mean', () => {
  const part = plantedPart()
  expect(burnSpread({ ...part, burn: { ...part.burn, perProcess: [1, 1.1, 0.9] } })).toBeCloseTo(0.1, 12)
  expect(burnSpread({ ...part, burn: { ...part.burn, perProcess: [] } })).toBeNull()
})
