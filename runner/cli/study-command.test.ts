import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allListeners } from '../measure/rig.ts'
import { measureQuestion, type QuestionCall, questionOptions } from '../questions/measure-question.ts'
import { comparison } from '../questions/question.ts'
import { studies } from '../questions/studies/registry.ts'
import type { Study } from '../questions/studies/study.ts'
import { Result } from '../result/model.ts'
import { addStudyCommand, optionsOf } from './add-command.ts'

const sweep = studies.find(({ id }) => id === 'sweep')!

/** What the command line makes of its words. */
async function called(...words: string[]): Promise<{ calls: [Study, QuestionCall][]; printed: string }> {
  const program = new Command().exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} })
  const calls: [Study, QuestionCall][] = []
  let printed = ''
  const print = (text: string) => {
    printed += text
  }
  const ended = async (status: Promise<number>) => void (await status)
  addStudyCommand(program, print, async (study, call) => calls.push([study, call]), ended)
  await program.parseAsync(['study', ...words], { from: 'user' })
  return { calls, printed }
}

describe('npm run study', () => {
  it('lists every study with its question', async () => {
    const { printed, calls } = await called('--list')
    expect(calls).toEqual([])
    for (const { id, question } of studies)
      expect(printed).toMatch(new RegExp(`^${id} +${question.replace(/[?]/g, '\\?')}$`, 'm'))
  })

  it('passes on what was given: common options, own ones, and the texts to repeat it', async () => {
    const { calls } = await called('sweep', '--levels', '4,1', '--quick', '--endpoints', 'table', '--seed', '9', '--rounds', '2')
    expect(calls).toHaveLength(1)
    const [study, call] = calls[0]!
    expect(study).toBe(sweep)
    expect(call).toEqual({
      given: { quick: true, endpoints: ['table'], seed: 9, rounds: 2 },
      own: { levels: [4, 1] },
      texts: { '--levels': '4,1', '--quick': '', '--endpoints': 'table', '--seed': '9', '--rounds': '2' },
    })
  })

  it.each([
    [['swep'], 'unknown study "swep"', 'did you mean "sweep"?'],
    [[], 'which study?', '--list'],
    [['sweep', '--levels', '0'], '--levels takes a whole number from 1 to 1024, not "0"', '--levels 1'],
    [['sweep', '--levels', '1,,2'], '"1,,2" is not a list', 'single commas'],
  ])('%j: one sentence and a hint', async (words, sentence, hint) => {
    await expect(called(...words)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(sentence),
      hint: expect.stringContaining(hint),
    })
  })

  it('knows no option that means nothing to the study', async () => {
    await expect(called('sweep', '--connections', '4')).rejects.toMatchObject({ code: 'commander.unknownOption' })
    expect(optionsOf(sweep).map(({ flags }) => flags)).not.toContain('--connections <n>')
  })

  it('has a question, examples and a quick form for every study', () => {
    for (const { id, question, quick, examples } of studies) {
      expect(question, id).toMatch(/\?$/)
      expect(quick.maxMinutes, id).toBeLessThan(5)
      for (const example of examples) expect(example).toContain(`npm run study -- ${id}`)
    }
    expect(new Set(studies.map(({ id }) => id)).size).toBe(studies.length)
  })
})

describe('the options of a study', () => {
  it('are those given, else its own, else those of a comparison', () => {
    expect(questionOptions(sweep, {}, 5)).toMatchObject({ endpoints: ['hello'], precision: 2, maxMinutes: 10, seed: 5 })
    expect(questionOptions(sweep, { quick: true }, 5)).toMatchObject({ precision: 5, maxMinutes: 4, quick: true })
    expect(questionOptions(sweep, { quick: true, maxMinutes: 1 }, 5)).toMatchObject({ precision: 5, maxMinutes: 1 })
  })
})

describe('a question that is measured', () => {
  let out: string
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'study-'))
  })
  afterAll(() => rmSync(out, { recursive: true }))

  const call = (of: Partial<QuestionCall> = {}): QuestionCall => ({
    given: { driver: 'fake', rounds: 2, blocks: 2, warmUp: 0.1, out, apps: ['koa'] },
    ...{ own: { levels: [1, 16] }, texts: { '--levels': '1,16' } },
    ...of,
  })
  const context = () => ({
    ...{ cwd: out, signal: new AbortController().signal, listener: allListeners([]), freshSeed: 1, startedAt: new Date() },
  })

  it('keeps its answer in the result, and what it prepared is taken away', async () => {
    let cleaned = 0
    const study: Study = {
      ...sweep,
      prepare: async (...args) => ({ ...(await sweep.prepare(...args)), cleanUp: async () => void cleaned++ }),
    }
    const { folder } = await measureQuestion(study, call(), context())
    const result = Result.parse(JSON.parse(readFileSync(join(folder!, 'result.json'), 'utf8')))
    expect(result.study).toBe('sweep')
    expect(result.options.given).toEqual({ '--levels': '1,16' })
    // A simulation answers nothing.
    expect(result.answer!.sentences).toEqual(['This run is invalid (simulated): it does not answer the question.'])
    expect(result.answer!.tables[0]!.rows.length).toBeGreaterThan(0)
    expect(cleaned).toBe(1)
  })

  it('goes on with a stopped run: the same options and cells, and the rounds that were kept are taken as well', async () => {
    const first = call()
    const { folder } = await measureQuestion(sweep, { ...first, given: { ...first.given, rounds: 3 } }, context())
    const path = join(folder!, 'result.json')
    const stopped = Result.parse(JSON.parse(readFileSync(path, 'utf8')))
    const options = { ...stopped.options, rounds: 5 }
    writeFileSync(path, JSON.stringify({ ...stopped, stoppedBecause: 'interrupted', options }))
    const again = (given: QuestionCall['given'], own = {}) => measureQuestion(sweep, { given, own, resume: folder! }, context())
    await expect(again({ endpoints: ['table'] })).rejects.toMatchObject({ code: 'resume-alone', exitStatus: 2 })
    await expect(again({}, { levels: [2] })).rejects.toMatchObject({ code: 'resume-alone' })
    await expect(measureQuestion(comparison, { given: {}, resume: folder! }, context())).rejects.toMatchObject({
      code: 'other-question',
      hint: expect.stringContaining('npm run study -- sweep --resume'),
    })
    const { result } = await measureQuestion(sweep, { given: {}, resume: folder! }, context())
    expect({ rounds: result.rounds, study: result.study }).toEqual({ rounds: 5, study: 'sweep' })
    for (const cell of result.cells) {
      expect(cell.state === 'measured' && cell.perRound.map(({ round }) => round)).toEqual([1, 2, 3, 4, 5])
    }
    expect(result.options.given).toEqual({ '--levels': '1,16' })
    expect(result.cells.map(({ app }) => app)).toEqual(stopped.cells.map(({ app }) => app))
    expect(result.answer!.tables[0]!.rows.length).toBe(stopped.answer!.tables[0]!.rows.length)
  })

  it('refuses before it measures when a program is missing', async () => {
    const study: Study = { ...sweep, missing: async () => 'nginx is not installed; on Debian: apt-get install nginx' }
    await expect(measureQuestion(study, call(), context())).rejects.toMatchObject({
      message: 'the study sweep cannot be run: nginx is not installed; on Debian: apt-get install nginx',
      exitStatus: 2,
    })
  })

  it('takes away what it prepared when the run cannot begin', async () => {
    let cleaned = 0
    const study: Study = {
      ...sweep,
      prepare: async (...args) => ({ ...(await sweep.prepare(...args)), cleanUp: async () => void cleaned++ }),
    }
    const nowhere = call({ given: { ...call().given, out: '/proc/nowhere' } })
    await expect(measureQuestion(study, nowhere, context())).rejects.toMatchObject({ exitStatus: 2 })
    expect(cleaned).toBe(1)
  })
})
