import { describe, expect, test } from 'vitest'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import { costPart } from '../fixture-parts.ts'
import { fittedSeconds, shapeTimes, timeFit } from './cost-figures.ts'
import { costSection } from './cost-section.ts'
import { drawn } from './drawn.ts'

describe('the section on what the suite costs', () => {
  test('says duty cycle, memory and the load generator beside the server', () => {
    const { body, goals } = costSection([costPart()])
    expect(goals).toEqual([])
    expect(body?.answer).toContain(
      'With 8 apps besides the baseline on 4 endpoints and 50 blocks a round, 73 % of the time is spent measuring',
    )
    expect(body?.answer).toContain('the runner takes 107 MiB of memory, the load generator 113 MiB')
    expect(body?.answer).toContain('11.4 µs per request at most beside 13.1 µs of the server (node-http on hello, 87 % of it)')
    expect(body?.blocks.join('\n')).toMatch(/A round takes about 3\.4 s \+ apps × \(0\.5 s \+ 1\.31 s × endpoints\)/)
  })

  test('the charts hold every cell and every size of a run', async () => {
    const [perRequest, time] = await drawn(costSection([costPart()]))
    expect(countMarks(perRequest!, 'symbol')).toBe(2 * 8)
    expect(countMarks(time!, 'rect')).toBe(2 * 4 + 4)
    expect(textsOf(time!)).toEqual(expect.arrayContaining(['1 app × 1 endpoint', '8 apps × 4 endpoints']))
  })

  test('runs of one shape are taken together', () => {
    const part = costPart()
    const twice = { ...part, runs: [...part.runs, ...part.runs.map((run) => ({ ...run, wallSeconds: run.wallSeconds + 3 }))] }
    const shapes = shapeTimes(twice)
    expect(shapes.map(({ runs }) => runs.length)).toEqual([2, 2, 2, 2])
    expect(shapes[0]?.seconds).toBeCloseTo((14.4 + 17.4) / 2 / 3, 12)
  })

  test('a load generator that cannot be metered, too few sizes, no cells', async () => {
    const part = costPart()
    const unmetered = costSection([
      {
        ...part,
        runs: part.runs.slice(0, 2),
        perRequest: part.perRequest.map((one) => ({ ...one, loadMicroseconds: null, loadBusy: null })),
      },
    ])
    expect(unmetered.body?.answer).not.toContain('load generator works')
    expect(unmetered.body?.notReached).toEqual(['Too few sizes of a run were measured to say how its time grows.'])
    const [perRequest, time] = await drawn(unmetered)
    expect(countMarks(perRequest!, 'symbol')).toBe(8)
    expect(countMarks(time!, 'rect')).toBe(2 * 2)
    const bare = costSection([{ ...part, perRequest: [] }])
    expect(bare.body?.notReached).toEqual(['CPU per request was not measured.'])
    await expect(drawn(bare)).resolves.toHaveLength(1)
    expect(costSection([{ ...part, runs: [] }]).body).toBeNull()
  })
})

test('the fit finds planted coefficients', () => {
  const part = costPart()
  const runs = part.runs.map((run) => ({ ...run, wallSeconds: run.rounds * (2 + run.apps * (0.5 + 1.5 * run.endpoints)) }))
  const shapes = shapeTimes({ runs })
  const fit = timeFit(shapes)!
  expect(fit.fixed).toBeCloseTo(2, 9)
  expect(fit.perApp).toBeCloseTo(0.5, 9)
  expect(fit.perCell).toBeCloseTo(1.5, 9)
  for (const shape of shapes) expect(fittedSeconds(fit, shape)).toBeCloseTo(shape.seconds, 9)
  expect(timeFit(shapes.slice(0, 3))).toBeNull()
})
