import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandHere } from '../fixtures/command-here.ts'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { withNoisyRounds } from '../fixtures/fixture-rounds.ts'
import { renderJson } from '../result/json.ts'

let folder: string
const before = withNoisyRounds({ ...fixtureResult(), verdict: 'valid' }, { seed: 1 })
const after = withNoisyRounds({ ...fixtureResult(), verdict: 'valid' }, { seed: 2, shift: 0.05 })
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'commands-'))
  writeFileSync(join(folder, 'before.json'), renderJson(before))
  writeFileSync(join(folder, 'after.json'), renderJson(after))
  writeFileSync(join(folder, 'half.json'), renderJson(after).slice(0, 1_000))
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...args: string[]) => commandHere(args, folder)

describe('on the command line', () => {
  it('report writes the reports and prints their paths', async () => {
    const { status, stdout, stderr } = await run('report', 'before.json', '--out', 'again')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.trimEnd().split('\n')).toContain(join('again', 'report.html'))
    expect(readdirSync(join(folder, 'again'))).toContain('table.csv')
  })

  it('report prints one format for another program', async () => {
    const { status, stdout } = await run('report', 'before.json', '--format', 'csv', '--print')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^study,startedAt,/)
  })

  it('diff fails on a proven regression, and on that only', async () => {
    const diff = (...args: string[]) => run('diff', ...args)
    const plain = await diff('before.json', 'after.json')
    const failed = await diff('before.json', 'after.json', '--fail-on', '1')
    const better = await diff('after.json', 'before.json', '--fail-on', '1')
    expect(plain.status).toBe(0)
    expect(failed.status).toBe(1)
    expect(failed.stdout).toContain('Regression proven: ')
    expect(better.status).toBe(0)
  })

  it('history lists the runs', async () => {
    const { status, stdout, stderr } = await run('history', '.', '--endpoint', 'hello', '--out', 'history')
    expect(status).toBe(0)
    expect(stdout.split('\n')).toHaveLength(2 + 2 + 1)
    expect(stderr).toContain('left out: half.json is not complete JSON')
  })

  it.each([
    [['report', 'nowhere'], 'error: there is no result at nowhere\nhint: '],
    [['report', 'half.json'], 'error: half.json is not complete JSON\nhint: '],
    [['report', 'before.json', '--format', 'htl'], 'error: unknown format "htl"\nhint: did you mean "html"?'],
    [['report'], "error: missing required argument 'run'\nhint: see --help, for example npm run report -- --help"],
    [['diff', 'before.json', 'half.json'], 'error: half.json is not complete JSON'],
    [['diff', 'before.json', 'after.json', '--fail-on', 'lots'], 'error: --fail-on takes a number'],
    [['diff', '', 'after.json'], 'error: there is no result at ""\nhint: '],
    [['report', '--', '-x'], 'error: there is no result at -x'],
    [
      ['report', 'before.json', '--out', '--print'],
      'error: --out must name a folder, not "--print"\nhint: for example --out ./--print',
    ],
    [['history', 'nowhere'], 'error: there is no folder nowhere'],
    [['history', '.', '--out', ''], 'error: --out must name a folder, not ""'],
  ])('%j is a mistake of the caller: one sentence, a hint, status 2', async (args, message) => {
    const { status, stdout, stderr } = await run(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2)
  })

  it.each(['report', 'diff', 'history'])('%s --help has examples and the exit status', async (command) => {
    const { status, stdout } = await run(command, '--help')
    expect(status).toBe(0)
    expect(stdout).toContain(`npm run ${command} -- `)
    expect(stdout).toContain('Exit status: 0 ')
  })
})
