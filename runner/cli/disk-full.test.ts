import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, startCommand } from '../fixtures/command-line.ts'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { type SmallDisk, smallDisk } from '../fixtures/small-disk.ts'
import type { Slice } from '../measure/records.ts'
import { printReport, rebuildReports } from '../questions/rebuild.ts'
import { openRunFolder } from '../report/files.ts'
import { Result } from '../result/model.ts'

const ENDLESS = ['compare', '--driver', 'fake', '--apps', 'node-http,koa', '--endpoints', 'hello', '--rounds', '500']
const OTHERS = 'of somebody else'
const HINT = 'hint: free some space, or choose a folder on another disk with --out'

let folder: string
let disk: SmallDisk | null = null
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'disk-full-'))
})
afterEach(() => {
  disk?.[Symbol.dispose]()
  disk = null
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A run on a new disk, of which somebody else has taken a part; `blocks` make the samples of a round, some 300 bytes each. Sizes in KiB. */
async function run(size: { disk: number; taken: number }, blocks: number): Promise<Ended & { entries: string[] }> {
  disk = smallDisk(size.disk)
  if (disk === null) throw new Error('mounting is not permitted')
  const taken = Buffer.alloc(size.taken * 1024, 'x')
  writeFileSync(join(disk.path, OTHERS), taken)
  const sizes = ['--blocks', String(blocks), '--warm-up', '0.1', '--seed', '5']
  const outcome = await startCommand([...ENDLESS, ...sizes, '--out', disk.path], folder).ended
  expect(readFileSync(join(disk.path, OTHERS))).toEqual(taken)
  return { ...outcome, entries: readdirSync(disk.path).filter((name) => name !== OTHERS) }
}

function mayMount(): boolean {
  using probe = smallDisk(64)
  return probe !== null
}

describe.runIf(mayMount())('a disk that fills up', () => {
  it('in the middle of a run: one sentence, exit status 1, finished rounds stand, nothing is half written', async () => {
    const { status, stdout, stderr } = await run({ disk: 256, taken: 64 }, 30)
    expect(status).toBe(1)
    expect(stdout).toMatch(/nothing was measured/)
    expect(stderr.trimEnd().split('\n').slice(-4)).toEqual([
      expect.stringMatching(/^(the first \d+ rounds are kept in|written to) /),
      expect.stringMatching(/^to go on: npm run compare -- --resume /),
      expect.stringMatching(
        /^error: cannot write .*(samples\.jsonl\.gz|rounds\.jsonl\.gz|result\.json|report\.md|table\.csv): the disk is full$/,
      ),
      HINT,
    ])
    expect(stderr).not.toMatch(/this is a bug|\n\s+at /)

    const latest = join(disk!.path, 'latest')
    const result = readResult(latest)
    expect(result.stoppedBecause).toBe('interrupted')
    expect(result.rounds).toBeGreaterThan(2)
    expect(readdirSync(latest).filter((name) => /tmp|probe/.test(name))).toEqual([])
    // Both are whole to the last byte, and hold all rounds of the result.
    for (const name of ['samples.jsonl.gz', 'rounds.jsonl.gz']) {
      expect(roundsIn(join(latest, name)).size).toBeGreaterThanOrEqual(result.rounds)
    }

    // With some space again the run goes on where it was, and loses nothing when that is full too.
    rmSync(join(disk!.path, OTHERS))
    const resumed = await startCommand(['compare', '--resume', latest], folder).ended
    expect(resumed.status).toBe(1)
    expect(resumed.stderr).toContain(': the disk is full\n')
    expect(readResult(latest).rounds).toBeGreaterThan(result.rounds)
    expect(roundsIn(join(latest, 'samples.jsonl.gz')).size).toBeGreaterThanOrEqual(readResult(latest).rounds)
  })

  it('in the first round: what it has found is kept, and nobody is told to go on with it', async () => {
    // What is written for a try before the run has its place, and so has a result; the samples of this round have not.
    const { status, stderr } = await run({ disk: 128, taken: 48 }, 400)
    expect(status).toBe(1)
    expect(stderr).toMatch(/^written to .*\nerror: .*samples\.jsonl\.gz: the disk is full\n/m)
    expect(stderr.endsWith(`${HINT}\n`)).toBe(true)
    expect(stderr).not.toMatch(/kept in|to go on|this is a bug|\n\s+at /)
    expect(readResult(join(disk!.path, 'latest'))).toMatchObject({ rounds: 1, stoppedBecause: 'failed' })
    const resumed = await startCommand(['compare', '--resume', join(disk!.path, 'latest')], folder).ended
    expect(resumed).toMatchObject({ status: 2, stderr: expect.stringContaining('error: no finished round of the run in ') })
  })

  it('after its folder was made, by somebody else: nothing is left of the run', async () => {
    disk = smallDisk(128)!
    const opened = await openRunFolder(disk.path, 'compare', new Date(0))
    writeFileSync(join(disk.path, OTHERS), Buffer.alloc(128 * 1024 - 12 * 1024, 'x'))
    const slices = Array.from({ length: 5_000 }, (_, block) => ({ block, requests: Math.random() })) as unknown as Slice[]
    const full = {
      name: 'RunError',
      code: 'write-failed',
      message: expect.stringMatching(/samples\.jsonl\.gz: the disk is full$/),
    }
    await expect(opened.keepRound(slices, {})).rejects.toMatchObject(full)
    await expect(opened.writeReports(fixtureResult())).rejects.toMatchObject({ code: 'write-failed' })
    expect(opened).toMatchObject({ keptRounds: 0, resultRounds: null })
    await opened.discard()
    await opened.close()
    expect(readdirSync(disk.path)).toEqual([OTHERS])
  })

  it('or that is read-only: told before the run, and in its middle', async () => {
    disk = smallDisk(256)!
    const opened = await openRunFolder(disk.path, 'compare', new Date(0))
    await opened.keepRound([{ round: 1 } as Slice], { round: 1 })
    await opened.writeReports(fixtureResult())
    await opened.close()
    disk.makeReadOnly()
    const readOnly = { exitStatus: 2, message: `cannot write results to ${disk.path}: the file system is read-only` }
    await expect(openRunFolder(disk.path, 'compare', new Date(0))).rejects.toMatchObject(readOnly)
    const middle = { exitStatus: 1, message: `cannot write ${join(opened.path, 'result.json')}: the file system is read-only` }
    await expect(opened.writeReports({ ...fixtureResult(), rounds: 7 })).rejects.toMatchObject(middle)
    expect(readResult(opened.path).rounds).toBe(fixtureResult().rounds)
    await expect(rebuildReports(opened.path, { format: 'md', out: null })).rejects.toMatchObject({ code: 'out-not-writable' })
    expect(await printReport(opened.path, 'md')).toContain('# What a framework costs')
  })

  it('before the run: nothing is started', async () => {
    const { status, stdout, stderr, entries } = await run({ disk: 64, taken: 32 }, 30)
    expect({ status, stdout, entries }).toEqual({ status: 2, stdout: '', entries: [] })
    expect(stderr).toBe(`error: cannot write results to ${disk!.path}: the disk is full\n${HINT}\n`)
  })
})

function readResult(run: string): Result {
  return Result.parse(JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')))
}

/** Numbers of the rounds in a file of JSON lines; throws when it does not end as it should. */
function roundsIn(path: string): Set<number> {
  const lines = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n')
  return new Set(lines.map((line) => JSON.parse(line).round))
}
