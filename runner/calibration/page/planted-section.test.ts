import { describe, expect, test } from 'vitest'
import { countMarks } from '../../fixtures/svg-marks.ts'
import { PlantedPart } from '../data.ts'
import { plantedPart } from '../fixture-parts.ts'
import { drawn } from './drawn.ts'
import { burnSpread, groupRecoveries, recoveriesOf } from './planted-figures.ts'
import { plantedSection } from './planted-section.ts'

/** As it was written before anything was timed in the servers. */
function asOlder({ runs, ...part }: PlantedPart): object {
  const older = runs.map(({ emptyNanoseconds, cells, ...run }) => ({
    ...run,
    cells: cells.map(({ inSitu, wholeRequest, ...cell }) => cell),
  }))
  return { ...part, runs: older }
}

describe('the section on planted cost', () => {
  test('says how often the truth is held, and whether 1 µs is told apart from 0', () => {
    const { body, goals } = plantedSection([plantedPart()])
    expect(body?.answer).toMatch(
      /^98 % of 40 intervals hold the planted value, timed in situ \(.*\); goal: at least 95 %: met\. One run finds 1 µs as /,
    )
    expect(body?.answer).toContain('told apart from 0 in 8 of 8 runs: met.')
    expect(goals.map(({ outcome }) => outcome)).toEqual(['met', 'met', 'met'])
    expect(body?.notReached).toEqual([])
  })

  test('the truth is what was timed in situ, where it was', () => {
    const part = plantedPart({ recovered: 1.05, inSitu: 1.05 })
    const { body, goals } = plantedSection([part])
    expect(body?.answer).toMatch(/^98 % of 40 intervals hold the planted value, timed in situ \(/)
    expect(goals.map(({ outcome }) => outcome)).toEqual(['met', 'met', 'met'])
    const text = body!.blocks.join('\n')
    expect(text).toContain(
      '| on top of | planted, timed alone, µs | timed in situ, µs | recovered, µs (median run) | recovered less in situ, µs |',
    )
    expect(text).toMatch(/\| node-http \| 10\.04 \| 10\.54 ±0\.11 \| 10\.\d\d ±0\.\d+ \| -?0\.\d+ \[-0\.\d+, 0\.\d+\] \|/)
    expect(text).toContain('They took longer than alone by 5.0 % on node-http and 5.0 % on koa.')
    expect(text).toContain('65 ns on node-http and 66 ns on koa')
    expect(text).toContain('Of 100,040 samples 40 took more than 1 ms')
    // What the suite finds as it was planted alone is too little for what the servers say.
    const missed = plantedSection([plantedPart({ recovered: 1, inSitu: 1.05 })])
    expect(missed.goals[0]?.outcome).toBe('not met')
  })

  test('what was recovered is held against whole requests too, of which the work makes the rest dearer', () => {
    const part = plantedPart({ recovered: 1.12, inSitu: 1.05 })
    const { body, goals } = plantedSection([part])
    expect(goals.map(({ outcome }) => outcome)).toEqual(['not met', 'met', 'met'])
    expect(body?.answer).toMatch(
      /intervals hold by how much whole requests took longer by the clocks of the servers \(.*\); goal: .*: met\./,
    )
    const text = body!.blocks.join('\n')
    expect(text).toMatch(/\| node-http \| 10\.04 \| .* \| 11\.24 ±0\.11 \| 4 of 4 \|/)
    expect(text).toMatch(/by 6\.7 % more than the work itself does/)
    expect(text).toMatch(/What the suite has recovered differs from these whole requests by -?0\.\d+ %\./)
  })

  test('older files say that nothing was timed in situ', () => {
    const { body } = plantedSection([PlantedPart.parse(asOlder(plantedPart({ inSitu: null })))])
    expect(body?.notReached).toEqual([expect.stringMatching(/^What was planted was not timed in the loaded servers/)])
    expect(body?.blocks.join()).toContain('| on top of | planted, µs | recovered, µs (median run) | recovered less planted, µs |')
  })

  test('words follow the numbers', () => {
    const { body, goals } = plantedSection([plantedPart({ recovered: 1.3 })])
    expect(body?.answer).toContain('goal: at least 95 %: not met.')
    expect(goals.map(({ outcome }) => outcome)).toEqual(['not met', 'met', 'met'])
    const lost = plantedSection([plantedPart({ recovered: 0 })])
    expect(lost.goals[2]?.outcome).toBe('not met')
  })

  test('the plain overhead and the cost of the wrapper are told', () => {
    const text = plantedSection([plantedPart()]).body!.blocks.join('\n')
    expect(text).toMatch(/The wrapper that burns nothing costs 0\.\d+ \[.*\] µs on node-http and .* µs on koa by one run\./)
    expect(text).toMatch(/hold the planted value in \d+ % of 40 intervals/)
    expect(text).toContain('a turn takes 1.250 ns; 5 calibrations of it lie within ±0.4 % of their mean')
  })

  test('every recovery is in both panels of the chart', async () => {
    const [svg] = await drawn(plantedSection([plantedPart()]))
    expect(countMarks(svg!, 'symbol')).toBe(2 * 40)
    // The zero line of the right panel.
    expect(countMarks(svg!, 'rule')).toBe(2 * 40 + 1)
    expect(countMarks(svg!, 'line')).toBe(1)
  })

  test('what is not above zero has no place on log axes, but on the right', async () => {
    const part = plantedPart({ runs: 1 })
    const half = part.runs[0]!.cells[1]!
    half.overWrapperMicroseconds = { value: -0.1, low: -0.3, high: 0.1, level: 0.95 }
    const [svg] = await drawn(plantedSection([part]))
    expect(countMarks(svg!, 'symbol')).toBe(2 * 10 - 1)
    expect(svg).not.toContain('NaN')
  })

  test('one base, one run, no wrapper and no calibrations', async () => {
    const part = plantedPart({ runs: 1 })
    const lonely = {
      ...part,
      burn: { ...part.burn, perProcess: [] },
      runs: part.runs.slice(0, 1).map((run) => ({ ...run, cells: run.cells.slice(2, 3) })),
    }
    const section = plantedSection([lonely])
    expect(section.body?.notReached).toEqual(['Nothing was planted on top of koa.'])
    expect(section.body?.blocks.join()).not.toMatch(/NaN|undefined|wrapper that burns nothing/)
    expect(countMarks((await drawn(section))[0]!, 'symbol')).toBe(2)
    expect(plantedSection([{ ...part, runs: [] }]).body).toBeNull()
  })
})

test('recoveries are grouped by base and by the nominal time', () => {
  const groups = groupRecoveries(recoveriesOf(plantedPart()))
  expect(groups.map(({ base, recoveries }) => [base, recoveries[0]?.nominal, recoveries.length])).toEqual(
    ['node-http', 'koa'].flatMap((base) => [0.5, 1, 2, 5, 10].map((nominal) => [base, nominal, 4])),
  )
  expect(groups[1]?.planted).toBe(1.004)
})

test('the spread of the burning loop is the farthest process from the mean', () => {
  const part = plantedPart()
  expect(burnSpread({ ...part, burn: { ...part.burn, perProcess: [1, 1.1, 0.9] } })).toBeCloseTo(0.1, 12)
  expect(burnSpread({ ...part, burn: { ...part.burn, perProcess: [] } })).toBeNull()
})
