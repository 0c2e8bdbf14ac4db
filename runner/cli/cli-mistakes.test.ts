import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { commandHere } from '../fixtures/command-here.ts'
import { startIn } from '../fixtures/compare-command.ts'
import { familyOf, type ProcessFacts } from '../fixtures/processes.ts'

const appFixture = (name: string) => fileURLToPath(new URL(`../../apps/fixtures/${name}.ts`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'cli-'))
/** Folders with manifests. */
const programs = { broken: join(folder, 'broken'), missing: join(folder, 'missing'), ends: join(folder, 'ends') }
beforeAll(() => {
  const texts = {
    broken: '{\n  "title": "Mine",\n  "comand": ["./mine"],\n  "command": ["./mine"]\n}',
    missing: '{ "title": "Mine", "command": ["./not-there"] }',
    ends: '{ "title": "Mine", "command": ["sh", "-c", "echo no licence; exit 3"] }',
  }
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'server.json'), text)
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

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
    ['too short a length', ['calibrate', '--lengths', '45,5'], /--lengths takes a whole number from 10 to 1200/, /--lengths 10/],
    [
      'a page and parts to measure',
      ['calibrate', '--page', '--parts', 'cost'],
      /--page measures nothing, so --parts/,
      /one of the two/,
    ],
    ['a folder without a name', ['calibrate', '--docs='], /--docs must name a folder, not ""/, /--docs/],
    ['an argument of calibrate', ['calibrate', 'cost'], /too many arguments/, /npm run calibrate -- --help/],
    [
      'a version of nothing that is shipped',
      ['compare', '--apps', 'node-http@20'],
      /unknown app "node-http@20"/,
      /koa@2 and a path/,
    ],
    [
      'a pair that is none',
      ['compare', '--pair', 'base=koa', 'express'],
      /--pair takes base=<app> and head=<app>/,
      /--pair base=/,
    ],
    ['a limit for no pair', ['compare', '--fail-on', '1'], /--fail-on is about a pair/, /--pair base=/],
    [
      'a file of options that is not there',
      ['compare', '--config', 'nowhere.json'],
      /nowhere\.json: it cannot be read/,
      /examples\/compare\.json/,
    ],
    [
      'a manifest with a mistake',
      ['compare', '--apps', programs.broken],
      /server\.json:3: comand: Unrecognized key/,
      /docs\/any-server\.md/,
    ],
    ['a program that is not there', ['compare', '--apps', programs.missing], /not-there/, /start it alone/],
    ['a program that ends', ['compare', '--apps', programs.ends], /before it answered: no licence/, /start it alone/],
    [
      'a program without the transport',
      ['compare', '--apps', programs.ends, '--transport', 'unix'],
      /does not listen on unix/,
      /--transport tcp/,
    ],
    [
      'no flags of Node',
      ['compare', '--node-flags', 'max-semi-space-size=16'],
      /--node-flags takes flags of Node/,
      /--max-semi-space-size=16/,
    ],
    [
      'a flag that Node does not know',
      ['compare', '--node-flags', '--max-semispace-size=16'],
      /Node 24\S* does not start with --max-semispace-size=16: .*bad option/,
      /node --v8-options/,
    ],
    ['a module that is no app', ['compare', '--apps', appFixture('no-default')], /has no default export/, /./],
  ]

  it.each(mistakes)('%s: exit status 2, one sentence and a hint', async (_what, args, sentence, hint) => {
    const { status, stdout, stderr } = await commandHere(args, folder)
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
    const { pid, ended } = startIn(folder, ['compare', '--rounds', '2'], file)
    let started: ProcessFacts[] = []
    const watch = setInterval(() => {
      started = [...started, ...familyOf(pid).filter(({ command }) => command.includes('serve.ts'))]
    }, 10)
    const { status, stderr, stdout } = await ended
    clearInterval(watch)
    expect(status).toBe(2)
    expect(stderr).toMatch(/^error: .*a-file.*\nhint: .*\n$/)
    expect(stdout).toBe('')
    expect(started).toEqual([])
  })

  it('an option that npm has taken: the line that was meant, before anything is started', async () => {
    vi.stubEnv('npm_lifecycle_event', 'compare')
    vi.stubEnv('npm_config_quick', 'true')
    const call = ['compare', '--out', 'out', '--driver', 'fake', '--rounds', '2']
    const { status, stdout, stderr } = await commandHere(call, folder).finally(() => vi.unstubAllEnvs())
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(
      /^error: options go after --: .*\nhint: npm run compare -- --quick --out .* --driver fake --rounds 2\n$/,
    )
  })

  it('is none in --help, which names every option', async () => {
    const { status, stdout, stderr } = await commandHere(['compare', '--help'], folder)
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
