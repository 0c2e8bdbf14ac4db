import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandOptions, type Ended, grownFamily, startCommand, survivors } from './fixtures/command-line.ts'
import { familyOf, type ProcessFacts } from './fixtures/processes.ts'
import type { Slice } from './measure/sample.ts'
import { Result } from './result.ts'

const appFixture = (name: string) => fileURLToPath(new URL(`../apps/fixtures/${name}.ts`, import.meta.url))
const TINY = ['compare', '--apps', 'node-http,koa', '--endpoints', 'hello', '--rounds', '2', '--blocks', '3', '--warm-up', '0.2']
const ENDLESS = [
  'compare',
  '--apps',
  'node-http,koa',
  '--endpoints',
  'hello',
  '--rounds',
  '500',
  '--blocks',
  '3',
  '--warm-up',
  '0.1',
]
let folder: string
let runs = 0

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

/** The command line as a process of its own; `--out` is a fresh folder. */
function start(args: readonly string[], out = join(folder, `out-${++runs}`), how: CommandOptions = {}) {
  const [command, ...options] = args
  return { ...startCommand(command === 'compare' ? [command, '--out', out, ...options] : args, folder, how), out }
}

async function run(...args: string[]): Promise<Ended & { out: string }> {
  const { ended, out } = start(args)
  return { ...(await ended), out }
}

/** The same where it shall bring numbers, however busy the machine is. */
async function runUndisturbed(...args: string[]): Promise<Ended & { out: string }> {
  const { ended, out } = start(args, undefined, { undisturbed: true })
  return { ...(await ended), out }
}

function readResult(out: string): Result {
  return Result.parse(JSON.parse(readFileSync(join(out, 'latest', 'result.json'), 'utf8')))
}

function readSamples(out: string): Pick<Slice, 'round' | 'deployment' | 'requests' | 'attempt' | 'disturbance'>[] {
  const text = gunzipSync(readFileSync(join(out, 'latest', 'samples.jsonl.gz'))).toString()
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

function requestsIn(samples: readonly { requests: number }[]): number {
  return samples.reduce((sum, { requests }) => sum + requests, 0)
}

describe('a small run', () => {
  let ended: Ended & { out: string }
  let result: Result
  beforeAll(async () => {
    ended = await runUndisturbed(...TINY)
    result = readResult(ended.out)
  })

  it('writes all files of a run, and latest points to them', () => {
    const [name, ...others] = readdirSync(ended.out).filter((entry) => entry !== 'latest')
    expect(others).toEqual([])
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-compare$/)
    expect(readlinkSync(join(ended.out, 'latest'))).toContain(name)
    const files = readdirSync(join(ended.out, 'latest'))
    expect(files).toEqual(
      expect.arrayContaining(['report.html', 'report.md', 'result.json', 'rounds.jsonl.gz', 'samples.jsonl.gz', 'table.csv']),
    )
    // What is invalid is not drawn, and on a machine with other work to do all of it may be.
    const drawn = result.cells.some(({ verdict }) => verdict !== 'invalid')
    expect(files.includes('overhead-dark.svg')).toBe(drawn)
    expect(files.filter((file) => file.includes('tmp') || file.includes('probe'))).toEqual([])
    expect(readFileSync(join(ended.out, 'latest', 'report.md'), 'utf8')).toContain('Koa')
    expect(
      readFileSync(join(ended.out, 'latest', 'table.csv'), 'utf8')
        .trim()
        .split('\n').length,
    ).toBeGreaterThanOrEqual(3)
  })

  it('measures what was asked for', () => {
    expect(result).toMatchObject({ format: 1, study: 'compare', rounds: 2, stoppedBecause: 'rounds', baseline: 'node-http' })
    expect(result.options).toMatchObject({
      endpoints: ['hello'],
      rounds: 2,
      blocksPerRound: 3,
      warmUpMilliseconds: 200,
      driver: 'autocannon',
    })
    expect(result.cells.map(({ app, state }) => [app, state])).toEqual([
      ['node-http', 'measured'],
      ['koa', 'measured'],
    ])
    for (const cell of result.cells) {
      if (cell.state !== 'measured') continue
      expect(cell.cost.value).toBeGreaterThan(0)
      const own = readSamples(ended.out).filter(({ deployment }) => deployment.startsWith(cell.app))
      const counted = own.filter(({ disturbance }) => disturbance === null)
      expect(cell.slices).toBe(counted.length)
      expect(cell.requests).toBe(requestsIn(counted))
      // Of disturbed blocks as well.
      expect(cell.latencyMicroseconds!.samples).toBeLessThan(requestsIn(own))
      expect(cell.latencyMicroseconds!.samples).toBeGreaterThan(0)
      expect(cell.headerBytes).toBeGreaterThan(50)
    }
    expect(result.apps.map(({ id, version }) => [id, version === null])).toEqual([
      ['node-http', true],
      ['koa', false],
    ])
    expect(result.measuredSeconds).toBeGreaterThan(0)
    expect(result.measuredSeconds).toBeLessThan(result.wallSeconds)
  })

  it('keeps every slice', () => {
    const samples = readSamples(ended.out)
    // A busy machine adds repeats of some blocks.
    const first = samples.filter(({ attempt }) => attempt === 0)
    expect(first.map(({ round }) => round)).toEqual([...Array(9).fill(1), ...Array(9).fill(2)])
    for (const id of ['node-http', 'node-http#2', 'koa']) {
      expect(first.filter(({ deployment }) => deployment === id)).toHaveLength(2 * 3)
    }
    expect(samples.length - first.length).toBe(3 * (result.blocks!.attempts - result.blocks!.planned))
  })

  it('prints the table on stdout, and on stderr one line a round, without colour', () => {
    expect(ended.stdout).toMatch(/Koa \d/)
    const lines = ended.stderr.trimEnd().split('\n')
    expect(lines.filter((line) => /^round \d of 2/.test(line))).toHaveLength(2)
    expect(lines.at(-1)).toMatch(/^written to /)
    expect(ended.stdout + ended.stderr).not.toContain('\x1b')
  })

  it('has the exit status of its verdict', () => {
    expect(ended.status).toBe(result.verdict === 'invalid' ? 1 : 0)
  })
})

describe('a simulated run', () => {
  it('is invalid, and says so by its exit status', async () => {
    const { status, stdout, out } = await run('compare', '--driver', 'fake', '--rounds', '6', '--seed', '3')
    expect(status).toBe(1)
    expect(stdout).toMatch(/nothing was measured/)
    const result = readResult(out)
    expect(result.verdict).toBe('invalid')
    expect(result.environment.cpuAccounting).toBe('simulated')
    expect(result.cells.every((cell) => cell.state === 'measured' && cell.rank === null)).toBe(true)
  })

  it('prints JSON and nothing else with --json, equal to the file, and the same for the same seed', async () => {
    const both = await Promise.all(
      [7, 7, 8].map((seed) => run('compare', '--driver', 'fake', '--rounds', '3', '--json', '--seed', String(seed))),
    )
    const results = both.map(({ stdout, out }) => {
      const result = Result.parse(JSON.parse(stdout))
      expect(result).toEqual(readResult(out))
      return result
    })
    expect(results[0]!.cells).toEqual(results[1]!.cells)
    expect(results[0]!.cells).not.toEqual(results[2]!.cells)
  })

  it('measures the baseline even when it was not asked for', async () => {
    const { stderr, out } = await run('compare', '--driver', 'fake', '--rounds', '2', '--apps', 'koa', '--endpoints', 'hello')
    expect(stderr).toContain('node-http is measured as well')
    expect(readResult(out).cells.map(({ app }) => app)).toEqual(['node-http', 'koa'])
  })
})

describe('a mistake in the call', () => {
  const mistakes: [string, string[], RegExp, RegExp][] = [
    ['an unknown app', ['compare', '--apps', 'koa,expres'], /unknown app "expres"/, /did you mean "express"\?/],
    ['an unknown endpoint', ['compare', '--endpoints', 'helo'], /unknown endpoint "helo"/, /did you mean "hello"\?/],
    ['an unknown driver', ['compare', '--driver', 'autocanon'], /unknown driver "autocanon"/, /did you mean "autocannon"\?/],
    ['an unknown transport', ['compare', '--transport', 'upd'], /unknown transport "upd"/, /tcp, unix/],
    ['an unknown option', ['compare', '--connection', '8'], /unknown option '--connection'.*--connections/, /--help/],
    ['an unknown command', ['compar'], /unknown command 'compar'.*compare/, /--help/],
    ['no command', [], /command/, /--help/],
    ['a superfluous argument', ['compare', 'koa'], /too many arguments/, /--help/],
    ['an option without its value', ['compare', '--rounds'], /'--rounds <n>' argument missing/, /--help/],
    ['no number', ['compare', '--rounds', 'many'], /--rounds takes a whole number from 2 to 1000, not "many"/, /--rounds 2/],
    ['too small a number', ['compare', '--rounds', '1'], /--rounds takes a whole number from 2 to 1000, not "1"/, /--rounds 2/],
    ['an empty list', ['compare', '--apps', ''], /not a list of names/, /separate names/],
    ['a module that is not there', ['compare', '--apps', './nowhere.ts'], /there is no file .*nowhere\.ts/, /is a path/],
    [
      'an unknown part of the calibration',
      ['calibrate', '--parts', 'cost,plantd'],
      /unknown part "plantd"/,
      /did you mean "planted"\?/,
    ],
    ['too short a calibration', ['calibrate', '--minutes', '0'], /--minutes takes a number from 0\.1 to 1440/, /--minutes 0\.1/],
    [
      'a page and parts to measure',
      ['calibrate', '--page', '--parts', 'cost'],
      /--page measures nothing, so --parts/,
      /one of the two/,
    ],
    ['a folder without a name', ['calibrate', '--docs='], /--docs must name a folder, not ""/, /--docs/],
    ['an argument of calibrate', ['calibrate', 'cost'], /too many arguments/, /npm run calibrate -- --help/],
    ['a module that is no app', ['compare', '--apps', appFixture('no-default')], /has no default export/, /./],
  ]

  it.concurrent.each(mistakes)('%s: exit status 2, one sentence and a hint', async (_what, args, sentence, hint) => {
    const { status, stdout, stderr } = await run(...args)
    const lines = stderr.trimEnd().split('\n')
    // A run that gets as far as starting apps may have said what it is going to do.
    const [error, advice] = lines.slice(-2)
    expect(error).toMatch(/^error: /)
    expect(error).toMatch(sentence)
    expect(advice).toMatch(/^hint: /)
    expect(advice).toMatch(hint)
    expect(stderr).not.toMatch(/\n\s+at |node:internal|Error:|\(outputHelp/)
    expect(stdout).toBe('')
    expect(status).toBe(2)
  })

  it('an --out that cannot be written to: before anything is started', async () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    const { pid, ended } = start(TINY, file)
    let started: ProcessFacts[] = []
    const watch = setInterval(() => {
      started = [...started, ...familyOf(pid).filter(({ command }) => command.includes('launcher.ts'))]
    }, 10)
    const { status, stderr, stdout } = await ended
    clearInterval(watch)
    expect(status).toBe(2)
    expect(stderr).toMatch(/^error: .*a-file.*\nhint: .*\n$/)
    expect(stdout).toBe('')
    expect(started).toEqual([])
  })

  it('is none in --help, which names every option', async () => {
    const { status, stdout, stderr } = await run('compare', '--help')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    for (const option of [
      '--apps',
      '--endpoints',
      '--connections',
      '--precision',
      '--max-minutes',
      '--rounds',
      '--quick',
      '--seed',
      '--json',
    ]) {
      expect(stdout).toContain(option)
    }
    expect(stdout).toContain('Exit status: 0 measured')
  })
})

describe('an app of a stranger', () => {
  it('that answers wrongly: failed with the difference shown, the others measured, exit status 1', async () => {
    const apps = `node-http,${appFixture('wrong-answers')},koa`
    const { status, stdout, out } = await runUndisturbed(
      'compare',
      '--apps',
      apps,
      '--endpoints',
      'hello',
      '--rounds',
      '2',
      '--blocks',
      '3',
      '--warm-up',
      '0.1',
    )
    expect(status).toBe(1)
    const result = readResult(out)
    expect(result.cells.map(({ app, state }) => [app, state])).toEqual([
      ['node-http', 'measured'],
      ['wrong-answers', 'failed'],
      ['koa', 'measured'],
    ])
    const failed = result.cells[1]!
    expect(failed.findings.map(({ code }) => code)).toEqual(['contract-broken'])
    // What was expected, and what came.
    expect(failed).toMatchObject({
      reason: expect.stringMatching(/text\/plain; charset=utf-8.*text\/plain|text\/plain.*text\/plain; charset=utf-8/),
    })
    expect(stdout).toContain('wrong-answers')
    expect(stdout).toMatch(/charset=utf-8/)
    expect(result.apps.find(({ id }) => id === 'wrong-answers')).toMatchObject({
      title: 'Wrong answers',
      given: appFixture('wrong-answers'),
    })
  })
})

describe.runIf(existsSync('/proc/self/stat'))('a run that is ended from outside', () => {
  it('by Ctrl-C: finished rounds are kept, exit status 130, nothing is left running', async () => {
    const { pid, kill, ended, said, out } = start(ENDLESS)
    await said('round 2 of')
    const family = await grownFamily(pid, 3)
    kill('SIGINT')
    const { status, stdout, stderr } = await ended
    expect(status).toBe(130)
    expect(survivors(family)).toEqual([])
    const result = readResult(out)
    expect(result.stoppedBecause).toBe('interrupted')
    expect(result.rounds).toBeGreaterThanOrEqual(2)
    expect(result.findings.map(({ code }) => code)).toContain('interrupted')
    expect(stdout).toContain('Koa')
    expect(stderr).toContain('stopping after this slice')
    expect(stderr).toContain('to go on: npm run compare -- --resume ')
  })

  it('by Ctrl-C before anything was measured: exit status 130, and a result that says so', async () => {
    const { pid, kill, ended, out } = start(ENDLESS)
    await expect
      .poll(() => familyOf(pid).some(({ command }) => command.includes('launcher.ts')), { timeout: 45_000, interval: 5 })
      .toBe(true)
    const family = familyOf(pid)
    kill('SIGINT')
    const { status, stderr } = await ended
    expect(stderr).not.toMatch(/bug|\n\s+at /)
    expect(status).toBe(130)
    expect(survivors(family)).toEqual([])
    expect(readResult(out)).toMatchObject({ stoppedBecause: 'interrupted', rounds: 0 })
  })

  it('by kill -9: servers and load generator go too, with their sockets, and the finished rounds are on the disk', async () => {
    const temporary = join(folder, 'temporary')
    mkdirSync(temporary)
    const { pid, kill, ended, said, out } = start([...ENDLESS, '--transport', 'unix'], undefined, { env: { TMPDIR: temporary } })
    await said('round 1 of')
    const family = await grownFamily(pid, 3)
    expect(readdirSync(temporary).join()).toContain('framework-cost-')
    kill('SIGKILL')
    expect(await ended).toMatchObject({ status: null, signal: 'SIGKILL' })
    await expect.poll(() => survivors(family), { timeout: 5_000, interval: 10 }).toEqual([])
    expect(readdirSync(temporary)).toEqual([])
    const result = readResult(out)
    expect(result.rounds).toBeGreaterThanOrEqual(1)
    expect(result.stoppedBecause).toBe('interrupted')
    expect(readSamples(out).length).toBeGreaterThanOrEqual(9)
  })
})
