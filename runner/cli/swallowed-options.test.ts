import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { UserError } from '../result/errors.ts'
import { addCommand, addStudyCommand } from './add-command.ts'
import { commands } from './commands.ts'
import { refuseSwallowedOptions } from './swallowed-options.ts'

const program = new Command()
for (const row of commands) addCommand(program, row, async () => {})
addStudyCommand(
  program,
  () => {},
  async () => 0,
  async () => {},
)

/** What npm 11 sets in any case, and what a machine may have in its .npmrc. */
const ALWAYS = {
  npm_config_user_agent: 'npm/11.19.1 node/v24.21.0 linux x64 workspaces/false',
  npm_config_cache: '/root/.npm',
  npm_config_prefix: '/usr',
  npm_config_local_prefix: '/work',
  npm_config_global_prefix: '/usr',
  npm_config_globalconfig: '/usr/etc/npmrc',
  npm_config_userconfig: '/root/.npmrc',
  npm_config_init_module: '/root/.npm-init.js',
  npm_config_node_gyp: '/usr/lib/node-gyp.js',
  npm_config_noproxy: '',
  npm_config_npm_version: '11.19.1',
  npm_config_loglevel: 'silent',
  npm_config_audit: '',
  npm_config_omit: 'optional',
  npm_config_otp: '123456',
  npm_config_package: '',
  npm_config_all: 'true',
}

/** The line that is shown; null: the call is let through. */
function hintOf(call: string, left: Record<string, string>, event?: string): string | null {
  const [name, ...args] = call.split(' ')
  const script = program.commands.find((one) => one.name() === name)!
  try {
    refuseSwallowedOptions(script, args, { ...ALWAYS, npm_lifecycle_event: event ?? name, ...left })
    return null
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    expect(error).toMatchObject({ message: expect.stringMatching(/^options go after --: /), exitStatus: 2 })
    return (error as UserError).hint!
  }
}

const APPS = { npm_config_all: 'true', npm_config_parseable: 'true', npm_config_loglevel: 'silent' }

describe('options that npm has taken', () => {
  // What was typed after `npm run`, what npm 9 to 11 make of it: the arguments and the environment; and the line that was meant.
  const calls: [string, string, Record<string, string>, string][] = [
    ['compare --quick', 'compare', { npm_config_quick: 'true' }, 'compare -- --quick'],
    ['compare --apps koa', 'compare koa', APPS, 'compare -- --apps koa'],
    ['compare --apps=koa --quick', 'compare koa', { ...APPS, npm_config_quick: 'true' }, 'compare -- --quick --apps koa'],
    ['compare --max-minutes=1', 'compare', { npm_config_max_minutes: '1' }, 'compare -- --max-minutes 1'],
    ['compare --max_minutes 1', 'compare 1', { npm_config_max_minutes: 'true' }, 'compare -- --max-minutes 1'],
    ['compare --maxMinutes 1', 'compare 1', { npm_config_maxminutes: 'true' }, 'compare -- --max-minutes 1'],
    ['compare --quik', 'compare', { npm_config_quik: 'true' }, 'compare -- --quick'],
    [
      'compare --driver fake --rounds 2',
      'compare fake 2',
      { npm_config_rounds: 'true', npm_config_driver: 'true' },
      'compare -- --rounds 2 --driver fake',
    ],
    [
      'compare --rounds 2 --blocks 3',
      'compare 2 3',
      { npm_config_rounds: 'true', npm_config_blocks: 'true' },
      'compare -- --rounds <n> --blocks <n>',
    ],
    ['compare --rounds 2 -- --quick', 'compare 2 --quick', { npm_config_rounds: 'true' }, 'compare -- --rounds 2 --quick'],
    ['compare --quick -- --rounds 2', 'compare --rounds 2', { npm_config_quick: 'true' }, 'compare -- --quick --rounds 2'],
    ['compare --no-quick --out=x', 'compare', { npm_config_quick: '', npm_config_out: 'x' }, 'compare -- --out x'],
    ['compare --no-quick', 'compare', { npm_config_quick: '' }, 'compare'],
    ['compare --rounds', 'compare', { npm_config_rounds: 'true' }, 'compare -- --rounds <n>'],
    ['calibrate --parts cost', 'calibrate cost', { npm_config_parts: 'true' }, 'calibrate -- --parts cost'],
    ['study sweep --quick', 'study sweep', { npm_config_quick: 'true' }, 'study -- sweep --quick'],
    ['study sweep --levels 1,2', 'study sweep 1,2', { npm_config_levels: 'true' }, 'study -- sweep --levels 1,2'],
    ['study --list', 'study', { npm_config_list: 'true' }, 'study -- --list'],
    ['report x --format md', 'report x md', {}, 'report -- x --format md'],
    ['report x --open --format=md', 'report x md', { npm_config_open: 'true' }, 'report -- x --open --format md'],
    ['report x --out y', 'report x y', { npm_config_out: 'true' }, 'report -- <run> --out <folder>'],
    ['diff a b --fail-on 2', 'diff a b 2', { npm_config_fail_on: 'true' }, 'diff -- a b --fail-on 2'],
    [
      'history --endpoint=hello results',
      'history results',
      { npm_config_endpoint: 'hello' },
      'history -- results --endpoint hello',
    ],
  ]
  it.each(calls)('npm run %s', (_typed, args, environment, line) => {
    expect(hintOf(args, environment)).toBe(`npm run ${line}`)
  })

  it('are found whichever they are', () => {
    for (const script of program.commands) {
      for (const command of [script, ...script.commands]) {
        const path = command === script ? script.name() : `${script.name()} ${command.name()}`
        for (const { long, required } of command.options) {
          // These two leave something else behind, and are above.
          if (long === '--apps' || long === '--format') continue
          const variable = `npm_config_${long!.slice(2).replaceAll('-', '_')}`
          expect(hintOf(path, { [variable]: required ? '7' : 'true' }), `${path} ${long}`).toContain(long)
        }
      }
    }
  })

  it('are refused where npm may have got --json from its own files, with the way out of that', () => {
    expect(hintOf('compare', { npm_config_json: 'true' })).toBe(
      'npm run --silent compare -- --json; where an .npmrc says json=true: npm run compare --no-json',
    )
    expect(hintOf('compare --json', { npm_config_json: 'true' })).toBe(null)
    expect(hintOf('report x', { npm_config_json: 'true' })).toBe(null)
  })
})

describe('a call in good order', () => {
  it('is let through, whatever else npm has set', () => {
    for (const call of [
      'compare',
      'compare --quick --apps koa',
      'study sweep',
      'report x --format md',
      'diff a b',
      'calibrate',
    ]) {
      expect(hintOf(call, {}), call).toBe(null)
    }
  })

  it('is none of its own when there is an argument too many: that is told elsewhere', () => {
    expect(hintOf('compare koa', {})).toBe(null)
    expect(hintOf('diff a b c', {})).toBe(null)
  })

  it('is let through where npm runs another script, or where there is no npm', () => {
    expect(hintOf('compare', { npm_config_quick: 'true' }, 'test')).toBe(null)
    expect(hintOf('compare', { npm_config_quick: 'true' }, '')).toBe(null)
  })
})
