import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, startCommand, survivors } from '../fixtures/command-line.ts'
import { listenersOf } from '../fixtures/listeners.ts'
import { familyOf, isRunning, peakBytes } from '../fixtures/processes.ts'
import { type Cell, Result } from '../result/model.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../../apps/fixtures/${name}.ts`, import.meta.url))
const SMALL = ['--endpoints', 'hello', '--rounds', '2', '--warm-up', '0.1']

/** Apps that misbehave while they are measured, all in one run beside koa, which must not suffer. */
const FAULTY = [
  ...['exits-later', 'hangs-later', 'wrong-later', 'closes-at-random', 'throws-in-timer'],
  ...['huge-headers', 'huge-headers-later'],
]
/** Apps that are bad neighbours and still answer rightly. */
const ODD = ['floods-stdout', 'forks-children', 'ignores-sigterm', 'leaks-memory', 'slow-now-and-then']

/** Seldom: looking at all processes is company on the machine, and disturbs the blocks. */
const WATCH_MILLISECONDS = 400

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faults-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

interface FaultyRun extends Ended {
  readonly result: Result
  readonly left: readonly string[]
  readonly listened: ReadonlySet<string>
  /** The most memory that the runner or the load process has ever had, as far as the looks at them tell. */
  readonly peakBytes: number
  cell(app: string): Cell
}

/** Runs a comparison, and says what of its processes is left a moment later. */
async function measured(names: readonly string[], blocks: number): Promise<FaultyRun> {
  const out = join(folder, names[0]!)
  const apps = ['node-http', 'koa', ...names.map(fixture)].join(',')
  const { pid, ended } = startCommand(['compare', '--apps', apps, ...SMALL, '--blocks', String(blocks), '--out', out], folder, {
    undisturbed: true,
  })
  const seen = new Map<number, ReturnType<typeof familyOf>[number]>()
  const listened = new Set<string>()
  let peak = 0
  const watching = setInterval(() => {
    const family = familyOf(pid)
    for (const one of family) {
      seen.set(one.pid, one)
      if (one.pid === pid || one.command.includes('autocannon/process.ts')) peak = Math.max(peak, peakBytes(one.pid))
    }
    for (const address of listenersOf(family.map((one) => one.pid))) listened.add(address)
  }, WATCH_MILLISECONDS)
  const outcome = await ended.finally(() => clearInterval(watching))
  const left = survivors([...seen.values()])
  const result = Result.parse(JSON.parse(readFileSync(join(out, 'latest', 'result.json'), 'utf8')))
  const cell = (app: string) => result.cells.find((one) => one.app === app)!
  return { ...outcome, result, left, listened, peakBytes: peak, cell }
}

describe.runIf(existsSync('/proc/self/stat'))('apps that break while they are measured', () => {
  let run: Awaited<ReturnType<typeof measured>>
  beforeAll(async () => {
    run = await measured(FAULTY, 3)
  }, 240_000)

  it('make the exit status 1, and leave nothing running', () => {
    expect(run.status).toBe(1)
    expect(run.left).toEqual([])
    expect(run.stderr).not.toMatch(/this is a bug|\n\s+at /)
  })

  it('do not touch the others: koa and the baseline have their numbers', () => {
    for (const app of ['node-http', 'koa']) expect(run.cell(app)).toMatchObject({ state: 'measured' })
  })

  it('that exit say how, with their last words', () => {
    const cell = run.cell('exits-later')
    expect(cell).toMatchObject({ state: 'failed', lastLines: expect.arrayContaining(['the pool is exhausted, giving up']) })
    expect(cell).toHaveProperty('reason', expect.stringMatching(/exit|ended|status|code/))
  })

  it('that throw in a timer say what', () => {
    const cell = run.cell('throws-in-timer')
    expect(cell.state).toBe('failed')
    expect(JSON.stringify(cell)).toContain('the session store is gone')
  })

  it('that hang are told by what did not come', () => {
    expect(run.cell('hangs-later')).toMatchObject({ state: 'failed', reason: expect.stringMatching(/answer|respon/) })
  })

  it('that answer wrongly under load only are found by the answer', () => {
    expect(run.cell('wrong-later')).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/\d+ of \d+ responses were wrong in a slice under load: .* wrong bytes/),
    })
    expect(run.cell('wrong-later').findings.map(({ code }) => code)).toEqual(['contract-broken'])
  })

  it('that cut connections off are told by the requests that are lost with them', () => {
    expect(run.cell('closes-at-random')).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/(never answered|cannot be reached any more) .*: the server closed the connection$/),
    })
  })

  it('that send 10 MB of headers are told by them, before the load and under it, and fill nobody else up', () => {
    const reason = (app: string) => {
      const cell = run.cell(app)
      return cell.state === 'failed' ? cell.reason : cell.state
    }
    expect(reason('huge-headers')).toBe('no complete answer: headers of more than 16 KiB')
    expect(reason('huge-headers-later')).toMatch(
      /^\d+ of \d+ responses were wrong .*: the server answered with headers of more than 16 KiB$/,
    )
    for (const app of ['huge-headers', 'huge-headers-later']) {
      expect(run.cell(app).findings.map(({ code }) => code)).toEqual(['contract-broken'])
    }
    expect(run.peakBytes).toBeGreaterThan(50 * 2 ** 20)
    expect(run.peakBytes).toBeLessThan(400 * 2 ** 20)
  })
})

describe.runIf(existsSync('/proc/self/stat'))('apps that are bad neighbours', () => {
  let run: Awaited<ReturnType<typeof measured>>
  beforeAll(async () => {
    run = await measured(ODD, 5)
  }, 240_000)

  it.each(ODD.slice(1))('%s is measured all the same', (app) => {
    expect(run.cell(app)).toMatchObject({ state: 'measured' })
  })

  it('a flood of output is taken off the app, and disturbs nobody else', () => {
    // Its own slices may be disturbed: somebody has to read what it writes.
    expect(['measured', 'skipped']).toContain(run.cell('floods-stdout').state)
    expect(run.result.environment.runnerResidentBytes).toBeLessThan(300 * 2 ** 20)
    expect(run.cell('koa')).toMatchObject({ state: 'measured' })
  })

  it('listen on loopback and nowhere else, like everything that a run starts', () => {
    expect(run.listened.size).toBeGreaterThanOrEqual(ODD.length + 2)
    for (const address of run.listened) expect(address).toMatch(/^127\.0\.0\.1:/)
  })

  it('are gone afterwards, with their children', () => {
    expect(run.left).toEqual([])
  })

  it('are told when they answer slowly now and then, which costs no CPU, and nobody beside them is', () => {
    const findings = (app: string) => run.cell(app).findings
    const found = findings('slow-now-and-then').find(({ code }) => code === 'slow-answers')
    // Where most of the time goes to other programs, waiting for them may hide all other waits.
    if (found !== undefined || run.result.environment.foreignShare! < 0.5) {
      expect(found?.message).toMatch(
        /^in \d+ of \d+ slices an answer was waited for while nothing worked on it, for up to \d+ ms/,
      )
      expect(Number(found?.facts.milliseconds)).toBeLessThan(1_000)
    }
    for (const app of ['node-http', 'koa', 'forks-children']) {
      expect(findings(app).filter(({ code }) => code.endsWith('slow-answers'))).toEqual([])
    }
  })

  it('shows the memory that leaks', () => {
    const bytes = (app: string) => {
      const cell = run.cell(app)
      return cell.state === 'measured' ? cell.residentBytes! : 0
    }
    // It keeps 50 MiB of its first requests.
    expect(bytes('leaks-memory')).toBeGreaterThan(bytes('node-http') + 20 * 2 ** 20)
  })
})

describe.runIf(existsSync('/proc/self/stat'))('processes that are stopped or killed from outside', () => {
  const ENDLESS = ['--apps', 'node-http,koa', '--endpoints', 'hello', '--rounds', '500', '--blocks', '3', '--warm-up', '0.1']
  const begin = (name: string) => {
    const out = join(folder, name)
    const command = startCommand(['compare', ...ENDLESS, '--out', out], folder, { undisturbed: true })
    const find = async (words: string) => {
      await expect.poll(() => familyOf(command.pid).some((one) => one.command.includes(words))).toBe(true)
      return familyOf(command.pid).find((one) => one.command.includes(words))!.pid
    }
    const end = async () => {
      const family = familyOf(command.pid)
      command.kill('SIGINT')
      const { status, stderr } = await command.ended
      const result = Result.parse(JSON.parse(readFileSync(join(out, 'latest', 'result.json'), 'utf8')))
      return { status, stderr, result, left: survivors(family) }
    }
    return { ...command, find, end }
  }

  it('a server that sleeps, a load generator that dies and one that hangs: told, or measured again; finished rounds stand', async () => {
    const run = begin('sleeping-server')
    await run.said('round 1 of')
    const koa = await run.find('koa/app.ts')
    process.kill(koa, 'SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    if (isRunning(koa)) process.kill(koa, 'SIGCONT')
    await run.said('round 2 of')
    // And a load generator that is killed: its round is lost and repeated.
    process.kill(await run.find('autocannon/process.ts'), 'SIGKILL')
    await run.said('is lost and will be repeated: the load generator was ended by SIGKILL')
    await run.said('round 3 of')
    // And one that is stopped: it can do nothing, not even end, so it is waited for as long as an answer may take, and killed.
    const hanging = await run.find('autocannon/process.ts')
    process.kill(hanging, 'SIGSTOP')
    await run.said('is lost and will be repeated: the load generator did not answer')
    await expect.poll(() => isRunning(hanging)).toBe(false)
    await run.said('round 4 of')
    const { status, result, left, stderr } = await run.end()
    expect(result.rounds).toBeGreaterThanOrEqual(4)
    expect({ status, left }).toEqual({ status: 130, left: [] })
    expect(stderr.match(/is lost and will be repeated/g)).toHaveLength(2)
    expect(stderr).not.toMatch(/this is a bug/)
    expect(result.cells.find(({ app }) => app === 'node-http')).toMatchObject({ state: 'measured' })
    const cell = result.cells.find(({ app }) => app === 'koa')!
    // Cold code and three blocks: whatever it is, it is no multiple of ten.
    if (cell.state === 'measured') expect(cell.ratio.value).toBeLessThan(10)
    else expect(cell.reason).not.toBe('')
  }, 180_000)
})
