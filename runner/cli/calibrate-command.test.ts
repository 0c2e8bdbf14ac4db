import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commandHere } from '../fixtures/command-here.ts'
import { grownFamily, startCommand, survivors } from '../fixtures/command-line.ts'
import { CalibrationPart } from '../questions/calibration/data.ts'

/** Whoever shares the machine may disturb every block of so small a run. */
const AGAIN = { retry: 2 }
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calibrate-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The defaults of all folders are below the folder that the command is started in. */
const start = (...options: string[]) => startCommand(['calibrate', ...options], folder, { undisturbed: true })
const published = () => join(folder, 'results', 'published', 'calibration')
const read = (...path: string[]) => CalibrationPart.parse(JSON.parse(readFileSync(join(...path), 'utf8')))
const runFolders = () => readdirSync(join(folder, 'results')).filter((name) => name.endsWith('-calibrate'))

describe('npm run calibrate', () => {
  it('measures for real, keeps and publishes the data, and makes the page', AGAIN, async () => {
    const { status, stdout, stderr } = await start('--minutes', '0.1', '--parts', 'identical').ended
    expect(stderr).not.toMatch(/bug|\n\s+at /)
    expect(stderr).not.toContain('\u001b')
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^written to results\/.*-calibrate$/m) })
    expect(readdirSync(published())).toEqual(['identical.json'])
    const [name, ...others] = runFolders()
    expect(others).toEqual([])
    const identical = read(published(), 'identical.json')
    expect(read(folder, 'results', name!, 'identical.json')).toEqual(identical)
    if (identical.part !== 'identical') throw new Error('not the part requested')
    expect(identical.head.node).toBe(process.versions.node)
    expect(identical.runs.length).toBeGreaterThanOrEqual(1)
    for (const { ratios } of identical.runs) for (const { ratio } of ratios) expect(ratio.value).toBeGreaterThan(0)
    expect(stdout).toContain(join('docs', 'calibration.md'))
    for (const path of stdout.trim().split('\n')) expect(existsSync(join(folder, path))).toBe(true)
    const page = readFileSync(join(folder, 'docs', 'calibration.md'), 'utf8')
    for (const [, chart] of page.matchAll(/(?:src|srcset)="([^"]+\.svg)"/g))
      expect(existsSync(join(folder, 'docs', chart!))).toBe(true)
  })

  it('keeps finished parts at Ctrl-C, leaves no process behind, and ends with status 130', AGAIN, async () => {
    const { pid, kill, said, ended } = start('--minutes', '0.3', '--parts', 'cost,identical')
    await said('identical servers: begun')
    const family = await grownFamily(pid, 3)
    kill('SIGINT')
    const { status, stderr } = await ended
    expect(stderr).toContain('stopping after this slice')
    expect(status).toBe(130)
    expect(survivors(family)).toEqual([])
    expect(readdirSync(published())).toEqual(['cost.json'])
    expect(readdirSync(join(folder, 'results', runFolders()[0]!))).toContain('cost.json')
  })

  it('explains itself', async () => {
    const { status, stdout, stderr } = await commandHere(['calibrate', '--help'], folder)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    for (const word of [
      '--minutes',
      '--parts',
      '--page',
      '--published',
      '--docs',
      '--out',
      '--seed',
      'identical,',
      '130 interrupted',
    ]) {
      expect(stdout).toContain(word)
    }
  })
})
