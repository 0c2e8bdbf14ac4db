import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import type { Slice } from '../measure/records.ts'
import { RunError, UserError } from '../result/errors.ts'
import { parseResult } from '../result/json.ts'
import { openRunFolder, type RunFolder } from './files.ts'

const startedAt = new Date('2026-11-21T09:30:05.678Z')
const name = '2026-11-21T09-30-05Z-compare'
let out: string
let opened: RunFolder[]

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'report-files-'))
  opened = []
})

afterEach(async () => {
  for (const folder of opened) await folder.close().catch(() => {})
  rmSync(out, { recursive: true, force: true })
})

async function open(where = out, study = 'compare'): Promise<RunFolder> {
  const folder = await openRunFolder(where, study, startedAt)
  opened.push(folder)
  return folder
}

function brokenLinkBeside(file: string): string {
  const link = join(file, '..', 'link')
  symlinkSync('/nowhere/at/all', link)
  return link
}

describe('the folder', () => {
  test('is named by start and study, and made with its parents', async () => {
    const deep = join(out, 'a', 'b')
    expect((await open(deep)).path).toBe(join(deep, name))
    expect(readdirSync(join(deep, name)).sort()).toEqual(['rounds.jsonl.gz', 'samples.jsonl.gz'])
  })

  test('does not mix with one of the same second', async () => {
    const paths = [(await open()).path, (await open()).path, (await open()).path]
    expect(paths).toEqual([name, `${name}-2`, `${name}-3`].map((folder) => join(out, folder)))
  })

  test('goes where a link leads, and `latest` stays beside it', async () => {
    const link = join(out, 'link')
    mkdirSync(join(out, 'place'))
    symlinkSync('place', link)
    const folder = await open(link)
    await folder.writeReports(fixtureResult())
    expect(readdirSync(join(out, 'place')).sort()).toEqual([name, 'latest'].sort())
    expect(readFileSync(join(out, 'place', 'latest', 'result.json'), 'utf8')).toBe(
      readFileSync(join(folder.path, 'result.json'), 'utf8'),
    )
  })

  test('stays below out, whatever the study is called', async () => {
    expect((await open(out, '../x y')).path).toBe(join(out, '2026-11-21T09-30-05Z--x-y'))
  })

  test.each([
    ['a file', (file: string) => file, 'it is a file, not a folder'],
    ['below a file', (file: string) => join(file, 'deeper'), 'part of the path is a file, not a folder'],
    ['on procfs', () => '/proc/results', 'no folder can be made there'],
    ['behind a broken link', (file: string) => brokenLinkBeside(file), 'no folder can be made there'],
    ['below a broken link', (file: string) => join(brokenLinkBeside(file), 'deeper'), 'no folder can be made there'],
    ['with a name too long', (file: string) => `${file}${'x'.repeat(300)}`, 'the path is too long'],
  ])('fails before measuring when out is %s', async (_, place, cause) => {
    const file = join(out, 'file')
    writeFileSync(file, 'mine')
    const path = place(file)
    const error = await open(path).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UserError)
    expect(error).toMatchObject({
      ...{ code: 'out-not-writable', exitStatus: 2, hint: 'choose another folder with --out' },
      message: `cannot write results to ${path}: ${cause}`,
    })
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect(readdirSync(out).filter((entry) => !['file', 'link'].includes(entry))).toEqual([])
  })
})

test('a disk that takes folders but no data is found out before measuring', () => {
  // A limit of one block stands for a full disk, which a test cannot fill.
  const script = `import { openRunFolder } from ${JSON.stringify(join(import.meta.dirname, 'files.ts'))}
    await openRunFolder(process.argv[1], 'compare', new Date(0)).catch(({ message, hint }) => console.log(message + '; ' + hint))`
  const said = execFileSync('bash', [
    '-c',
    'ulimit -f 1; exec "$@"',
    'bash',
    process.execPath,
    '--input-type=module',
    '-e',
    script,
    out,
  ])
  expect(said.toString()).toBe(
    `cannot write results to ${out}: the limit for the size of a file (ulimit -f) is reached; raise the limit with ulimit -f\n`,
  )
  expect(readdirSync(out)).toEqual([])
})

test('a round that cannot be kept is told, with its file', async () => {
  const folder = await open()
  await folder.close()
  const error = await folder.keepRound([{ round: 1 } as Slice], {}).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RunError)
  expect(error).toHaveProperty('message', expect.stringContaining(`cannot write ${join(folder.path, 'samples.jsonl.gz')}: `))
})

describe('reports', () => {
  test('are written whole, again after every round, and leave nothing else behind', async () => {
    const folder = await open()
    expect(await folder.writeReports({ ...fixtureResult(), rounds: 1 })).toBeNull()
    expect(await folder.writeReports(fixtureResult())).toBeNull()
    expect(readdirSync(folder.path).sort()).toEqual([
      'report.md',
      'result.json',
      'rounds.jsonl.gz',
      'samples.jsonl.gz',
      'table.csv',
    ])
    const text = readFileSync(join(folder.path, 'result.json'), 'utf8')
    expect(parseResult(text, 'result.json').rounds).toBe(6)
    expect(readFileSync(join(folder.path, 'report.md'), 'utf8')).toMatch(/^# What a framework costs/)
  })

  test('a result that cannot be written leaves the old files alone', async () => {
    const folder = await open()
    await folder.writeReports(fixtureResult())
    await expect(folder.writeReports({ ...fixtureResult(), seed: 0.5 })).rejects.toBeInstanceOf(RunError)
    expect(parseResult(readFileSync(join(folder.path, 'result.json'), 'utf8'), 'x').seed).toBe(42)
  })

  test('a failure names the file, and leaves no temporary one', async () => {
    const folder = await open()
    mkdirSync(join(folder.path, 'result.json'))
    const error = await folder.writeReports(fixtureResult()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(RunError)
    expect(error).toHaveProperty('message', expect.stringContaining(`cannot write ${join(folder.path, 'result.json')}: `))
    expect(readdirSync(folder.path).sort()).toEqual(['result.json', 'rounds.jsonl.gz', 'samples.jsonl.gz'])
  })
})
