import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { simulatedPart } from '../fixtures/simulated-part.ts'
import { RunError, UserError } from '../result/errors.ts'
import { type CalibrateContext, calibrate } from './calibrate.ts'
import { CalibrationPart } from './calibration/data.ts'
import type { CalibrateOptions } from './calibration/options.ts'
import type { AnyPart, CalibrationProgress } from './calibration/part.ts'
import { calibrationParts } from './calibration/registry.ts'

const STARTED = new Date('2026-11-21T09:30:05Z')
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calibrate-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A calibration in a simulated world; everything is written below one folder. */
function calibration(
  given: Partial<CalibrateOptions> = {},
  of: Partial<CalibrateContext> & { onProgress?(sentence: string): void } = {},
) {
  const { context, world } = simulatedPart(0, { cost: () => 12 })
  const { placement, apps, now, openRig } = context
  const remarks: string[] = []
  const started: string[] = []
  const progress: CalibrationProgress[] = []
  const controller = new AbortController()
  const paths = { out: join(folder, 'out'), published: join(folder, 'published'), docs: join(folder, 'docs') }
  const run = () =>
    calibrate(
      { minutes: 20, ...paths, ...given },
      {
        cwd: process.cwd(),
        signal: controller.signal,
        listener: {
          remark: (sentence) => void remarks.push(sentence),
          partStarted: ({ part }) => void started.push(part),
          progress(one) {
            progress.push(one)
            of.onProgress?.(one.sentence)
          },
        },
        freshSeed: 5,
        startedAt: STARTED,
        world: { placement, apps, now, openRig },
        ...of,
      },
    )
  return { run, world, remarks, started, progress, controller }
}

function read(...path: string[]): CalibrationPart {
  return CalibrationPart.parse(JSON.parse(readFileSync(join(folder, ...path), 'utf8')))
}

/** A part whose measuring is made up. */
function madeUp(id: 'identical' | 'cost', measure: AnyPart['measure']): AnyPart {
  return { id, title: id, share: 0.25, measure } as AnyPart
}

describe('the registry of parts', () => {
  it('shares the whole time out', () => {
    expect(calibrationParts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
    expect(new Set(calibrationParts.map(({ id }) => id)).size).toBe(9)
  })
})

describe('a calibration in a simulated world', () => {
  it('measures the parts requested, each in its share of the time, and keeps, publishes and draws them', async () => {
    const { run, started, progress, world, remarks } = calibration({ parts: ['identical', 'cost'] })
    const { folder: kept, pages, interrupted, problem } = await run()
    expect({ interrupted, problem, remarks }).toEqual({ interrupted: false, problem: null, remarks: [] })
    expect(started).toEqual(['cost', 'identical'])
    expect(kept).toBe(join(folder, 'out', '2026-11-21T09-30-05Z-calibrate'))
    expect(readdirSync(kept!).sort()).toEqual(['cost.json', 'identical.json'])
    expect(readdirSync(join(folder, 'published')).sort()).toEqual(['cost.json', 'identical.json'])
    for (const part of ['cost', 'identical'])
      expect(read('published', `${part}.json`)).toEqual(read('out', '2026-11-21T09-30-05Z-calibrate', `${part}.json`))
    const { head } = read('published', 'identical.json')
    expect(head).toMatchObject({ format: 1, cutShort: false, seed: 5 + 300_000, node: process.versions.node })
    // 17 of 100 of 20 minutes; a run with more processes than the one before it takes a little longer.
    expect(head.wallSeconds).toBeGreaterThan(160)
    expect(head.wallSeconds).toBeLessThanOrEqual(1.05 * 204)
    expect(world.running).toEqual([])
    expect(pages).toContain(join(folder, 'docs', 'calibration.md'))
    const page = readFileSync(join(folder, 'docs', 'calibration.md'), 'utf8')
    expect(page).toContain('dentical')
    expect(pages.filter((path) => path.endsWith('.svg')).length).toBeGreaterThan(0)
    for (const path of pages) expect(readFileSync(path, 'utf8').length).toBeGreaterThan(100)
    const last = progress.at(-1)!
    expect(last).toMatchObject({ part: 'identical', title: 'identical servers' })
    expect(last.partShare).toBeLessThanOrEqual(1)
    expect(progress[0]!.secondsLeft).toBeCloseTo(0.2 * 1200, 0)
    expect(last.secondsLeft).toBeLessThan(0.05 * 1200)
  })

  it('tells its parts how long repetitions of the usual procedures shall take', async () => {
    const told: (readonly number[])[] = []
    const listening = madeUp('cost', async ({ lengths }) => {
      told.push(lengths)
      return { body: null, cutShort: true, problem: null }
    })
    for (const given of [{}, { lengths: [60] }]) await calibration(given, { parts: [listening] }).run()
    expect(told).toEqual([[45, 300], [60]])
  })

  it('keeps what other calibrations have published', async () => {
    await calibration({ parts: ['identical'] }).run()
    const before = read('published', 'identical.json')
    await calibration({ parts: ['cost'], seed: 9 }, { startedAt: new Date('2026-11-22T00:00:00Z') }).run()
    expect(read('published', 'identical.json')).toEqual(before)
    expect(read('published', 'cost.json').head.seed).toBe(9)
    expect(readdirSync(join(folder, 'out'))).toHaveLength(2)
  })

  it('is the same for the same seed', async () => {
    const data = async (seed: number) => {
      await calibration({ parts: ['identical'], seed }).run()
      const { head, ...body } = read('published', 'identical.json')
      return JSON.stringify(body)
    }
    const first = await data(3)
    expect(await data(3)).toBe(first)
    expect(await data(4)).not.toBe(first)
  })

  it('keeps finished repetitions of an interrupted part, without publishing them', async () => {
    const { run, controller, started } = calibration(
      { parts: ['cost', 'identical', 'today'] },
      { onProgress: (sentence) => void (sentence.startsWith('run 3 of identical') && controller.abort()) },
    )
    const { interrupted, problem, folder: kept } = await run()
    expect({ interrupted, problem }).toEqual({ interrupted: true, problem: null })
    expect(started).toEqual(['cost', 'identical'])
    expect(readdirSync(kept!).sort()).toEqual(['cost.json', 'identical.json'])
    expect(readdirSync(join(folder, 'published'))).toEqual(['cost.json'])
    const part = read('out', '2026-11-21T09-30-05Z-calibrate', 'identical.json')
    expect(part.head.cutShort).toBe(true)
    expect(part).toMatchObject({ part: 'identical', runs: [{ rounds: 6 }, { rounds: 6 }] })
  })

  it('leaves no folder behind when it is interrupted before anything was finished', async () => {
    const { run, controller } = calibration()
    controller.abort()
    expect(await run()).toEqual({ folder: null, pages: [], interrupted: true, problem: null })
    expect(readdirSync(join(folder, 'out'))).toEqual([])
  })
})

describe('a part that fails', () => {
  const good = { body: { part: 'identical' as const, runs: [] }, cutShort: false, problem: null }

  it('does not keep the others from being measured', async () => {
    const broken = new RunError('broken', 'it broke')
    const parts = [
      madeUp('cost', async () => {
        throw broken
      }),
      madeUp('identical', async () => good),
    ]
    const { run, remarks } = calibration({}, { parts })
    const { problem, folder: kept } = await run()
    expect(problem).toBe(broken)
    expect(remarks).toEqual(['cost: it broke'])
    expect(readdirSync(kept!)).toEqual(['identical.json'])
  })

  it('keeps what it had by then, unpublished', async () => {
    const broken = new RunError('broken', 'it broke')
    const { run, remarks } = calibration(
      {},
      { parts: [madeUp('identical', async () => ({ ...good, cutShort: true, problem: broken }))] },
    )
    expect((await run()).problem).toBe(broken)
    expect(remarks).toEqual(['identical: it broke'])
    expect(read('out', '2026-11-21T09-30-05Z-calibrate', 'identical.json').head.cutShort).toBe(true)
    expect(readdirSync(join(folder, 'published'))).toEqual([])
  })

  it('by a mistake of the caller ends the calibration', async () => {
    const parts = [
      madeUp('cost', async () => {
        throw new UserError('driver-missing', 'no driver')
      }),
    ]
    await expect(calibration({}, { parts }).run()).rejects.toThrow('no driver')
  })
})

describe('a page that cannot be made', () => {
  it('is told at the end, when everything has been measured', async () => {
    const { run, started } = calibration(
      { parts: ['cost', 'identical'] },
      {
        onProgress() {
          rmSync(join(folder, 'docs'), { recursive: true, force: true })
          writeFileSync(join(folder, 'docs'), '')
        },
      },
    )
    await expect(run()).rejects.toMatchObject({ code: 'write-failed' })
    expect(started).toEqual(['cost', 'identical'])
    expect(readdirSync(join(folder, 'published')).sort()).toEqual(['cost.json', 'identical.json'])
  })
})

describe('a mistake in the call', () => {
  it.each(['out', 'published', 'docs'] as const)(
    '--%s that cannot be written to, found before anything is measured',
    async (option) => {
      const file = join(folder, 'a-file')
      writeFileSync(file, '')
      const { run, started } = calibration({ [option]: file })
      const error = await run().catch((error: unknown) => error)
      expect(error).toMatchObject({ code: 'out-not-writable', exitStatus: 2, hint: `choose another folder with --${option}` })
      expect(started).toEqual([])
    },
  )

  it.each([{ page: true, minutes: undefined }, { parts: ['cost'] }] as Partial<CalibrateOptions>[])(
    'a published file that is none, with %o',
    async (given) => {
      mkdirSync(join(folder, 'published'))
      writeFileSync(join(folder, 'published', 'identical.json'), '{"part":"identical"}')
      const { run, started } = calibration(given)
      const error = await run().catch((error: unknown) => error)
      expect(error).toMatchObject({ code: 'bad-calibration', exitStatus: 2, message: expect.stringContaining('identical.json') })
      expect(started).toEqual([])
    },
  )
})

describe('--page', () => {
  it('makes the same page again and measures nothing', async () => {
    await calibration({ parts: ['cost'] }).run()
    const before = readFileSync(join(folder, 'docs', 'calibration.md'), 'utf8')
    rmSync(join(folder, 'docs'), { recursive: true })
    const { run, started, world } = calibration({ page: true, minutes: undefined })
    const { folder: kept, pages } = await run()
    expect(kept).toBeNull()
    expect(readFileSync(join(folder, 'docs', 'calibration.md'), 'utf8')).toBe(before)
    expect(pages.length).toBeGreaterThan(1)
    expect(started).toEqual([])
    expect(world.journal).toEqual([])
  })
})
