import { describe, expect, it } from 'vitest'
import { drawn } from '../../fixtures/drawn.ts'
import { costPart } from '../../fixtures/fixture-parts.ts'
import { saidBy } from '../../fixtures/said-by.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import { cost, shapeTimes, timeFit } from './cost.ts'

const said = (part = costPart()) => saidBy(cost, part)

describe('what is said of the cost of the suite', () => {
  it('is duty cycle, memory and the load generator beside the server', () => {
    const { sentences } = said()
    expect(sentences).toContain(
      'With 8 apps besides the baseline on 4 endpoints and 50 blocks a round, 73 % of the time is spent measuring',
    )
    expect(sentences).toContain('the runner takes 107 MiB of memory, the load generator 113 MiB')
    expect(sentences).toContain('11.4 µs per request at most beside 13.1 µs of the server (node-http on hello, 87 % of it)')
    expect(sentences).toMatch(/A round takes about 3\.4 s \+ apps × \(0\.5 s \+ 1\.31 s × endpoints\)/)
  })

  it('has every cell and every size of a run in its charts', async () => {
    const [perRequest, time] = await drawn(said().charts)
    expect(countMarks(perRequest!, 'symbol')).toBe(2 * 8)
    expect(countMarks(time!, 'symbol')).toBe(3 * 4)
    expect(textsOf(time!)).toEqual(expect.arrayContaining(['1 app × 1 endpoint', '8 apps × 4 endpoints']))
  })

  it('takes runs of one shape together', () => {
    const part = costPart()
    const twice = [...part.runs, ...part.runs.map((run) => ({ ...run, wallSeconds: run.wallSeconds + 3 }))]
    const shapes = shapeTimes(twice)
    expect(shapes.map(({ runs }) => runs)).toEqual([2, 2, 2, 2])
    expect(shapes[0]?.seconds).toBeCloseTo((14.4 + 17.4) / 2 / 3, 12)
  })

  it('does with a load generator that cannot be metered, with too few sizes, without cells', async () => {
    const part = costPart()
    const unmetered = said({
      ...part,
      runs: part.runs.slice(0, 2),
      perRequest: part.perRequest.map((one) => ({ ...one, loadMicroseconds: null, loadBusy: null })),
    })
    expect(unmetered.sentences).not.toContain('load generator works')
    expect(unmetered.answer?.limits).toEqual(['Too few sizes of a run were measured to say how its time grows.'])
    const [perRequest, time] = await drawn(unmetered.charts)
    expect(countMarks(perRequest!, 'symbol')).toBe(8)
    expect(countMarks(time!, 'symbol')).toBe(2 * 2)
    const bare = said({ ...part, perRequest: [] })
    expect(bare.answer?.limits).toEqual(['CPU per request was not measured.'])
    await expect(drawn(bare.charts)).resolves.toHaveLength(1)
    expect(said({ ...part, runs: [] }).answer).toBeNull()
  })
})

it('the fit finds planted coefficients', () => {
  const part = costPart()
  const runs = part.runs.map((run) => ({ ...run, wallSeconds: run.rounds * (2 + run.apps * (0.5 + 1.5 * run.endpoints)) }))
  const shapes = shapeTimes(runs)
  const fit = timeFit(shapes)!
  expect(fit.fixed).toBeCloseTo(2, 9)
  expect(fit.perApp).toBeCloseTo(0.5, 9)
  expect(fit.perCell).toBeCloseTo(1.5, 9)
  for (const shape of shapes) expect(fit.fitted(shape)).toBeCloseTo(shape.seconds, 9)
  expect(timeFit(shapes.slice(0, 3))).toBeNull()
})
