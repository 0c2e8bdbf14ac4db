import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { appFacts, fixtureResult } from '../fixtures/fixture-result.ts'
import type { Result } from '../result/model.ts'
import { methodParagraph, reproduceCommand, runFacts } from './run-facts.ts'

function change(edit: (result: Result) => void): Result {
  const result = fixtureResult()
  edit(result)
  return result
}

/** Changes how all cells are asked, or what they are. */
function everywhere(what: 'load' | 'deployment', change: object): (result: Result) => void {
  return ({ cells }) => cells.forEach((cell) => void Object.assign(cell[what], change))
}

function firstOnly(what: 'load' | 'deployment', change: object): (result: Result) => void {
  return ({ cells: [first] }) => void Object.assign(first![what], change)
}

test('tells the options really used', () => {
  expect(methodParagraph(fixtureResult())).toBe(
    'Measured on Node 24.21.0: hello and lookup, in 6 rounds. A round starts every app afresh, warms it up for 1500 ms, then ' +
      'measures 40 blocks per endpoint: one slice of about 20 ms of every app, in an order shuffled with seed 42. Load comes from ' +
      'autocannon 9.0.0 over 8 connections per app (tcp, kept alive); server on CPU 1, load generator on CPU 0. CPU time is read ' +
      "from the kernel's schedstat of the server's whole process tree, in nanoseconds. A round's ratio is the trimmed mean of the " +
      'log ratios of slices of one block, each paired with 2 copies of node-http; the ratio shown is the mean over rounds with a ' +
      'Student t interval at 95 %. Rounds go on until every ratio is known within ±1 %, or for at most 10 minutes.',
  )
})

test.each<[string, (result: Result) => void, string]>([
  ['rounds', (r) => Object.assign(r, { rounds: 1 }), 'in 1 round.'],
  ['the warm-up', ({ options }) => Object.assign(options, { warmUpMilliseconds: 777 }), 'for 777 ms'],
  [
    'blocks',
    (r) => Object.assign(r, { blocks: { ...r.blocks!, planned: 6 * 2 * 13 }, options: { ...r.options, blocksPerRound: 13 } }),
    '13 blocks',
  ],
  [
    'blocks that were not always as many',
    ({ options }) => Object.assign(options, { blocksPerRound: 7 }),
    'measures as many blocks as narrow the intervals soonest (40 on average) per endpoint',
  ],
  [
    'several processes of an app',
    ({ cells }) => cells.forEach(({ app, deployment }) => void (app === 'koa' && Object.assign(deployment, { copies: 3 }))),
    'Of koa a round has up to 3 processes, because they differ most.',
  ],
  ['the estimator', (r) => Object.assign(r, { format: 2 }), 'all CPU time of the servers over all their requests'],
  ['the slice', ({ options }) => Object.assign(options, { sliceMilliseconds: 35 }), 'about 35 ms'],
  ['the seed', (r) => Object.assign(r, { seed: 4711 }), 'seed 4711'],
  ['connections', everywhere('load', { connections: 1 }), 'over 1 connection per app'],
  ['several numbers of connections', firstOnly('load', { connections: 128 }), 'over 8 to 128 connections per app'],
  ['several lengths of a slice', firstOnly('load', { sliceMilliseconds: 250 }), 'about 20 to 250 ms'],
  ['new connections', everywhere('load', { keepAlive: false }), '(tcp, a new one for every request)'],
  ['kept and new ones', firstOnly('load', { keepAlive: false }), '(tcp, a new one for every request or kept alive)'],
  ['several transports', firstOnly('deployment', { transport: 'unix' }), '(unix and tcp, kept alive)'],
  ['the driver', ({ options }) => Object.assign(options, { driver: 'wrk' }), 'from wrk 9.0.0'],
  ['the transport', everywhere('deployment', { transport: 'unix' }), '(unix, kept alive)'],
  ['pinning', ({ environment }) => Object.assign(environment, { serverCpu: null, loadCpu: null }), '; not pinned.'],
  [
    'several CPUs',
    ({ environment }) => Object.assign(environment, { serverCpus: [1, 3] }),
    'server on CPUs 1, 3, load generator on CPU 0',
  ],
  [
    'lanes',
    ({ environment }) => {
      const change = { value: 1.003, low: 0.995, high: 1.011, level: 0.95 }
      const laneCheck = { lanes: 2, turns: 8, cost: change, copies: change, ratio: change }
      Object.assign(environment, { moreLanes: [{ serverCpu: 3, loadCpu: 2 }], laneCheck })
    },
    'in 2 lanes, server and load generator on CPUs 1/0 and 3/2. Every lane measures rounds of its own at the same time; with all at ' +
      'work costs differed by +0.3 [-0.5, 1.1] % from those of one alone.',
  ],
  [
    'lanes that were left out',
    ({ environment }) => {
      const cost = { value: 1.06, low: 1.05, high: 1.07, level: 0.95 }
      Object.assign(environment, { laneCheck: { lanes: 3, turns: 8, cost, copies: cost, ratio: cost } })
    },
    'tried and left out: with 3 lanes at work costs differed by +6.0 [5.0, 7.0] % from those of one alone.',
  ],
  ['one pin', ({ environment }) => Object.assign(environment, { loadCpu: null }), 'server on CPU 1, load generator not pinned'],
  ['accounting', ({ environment }) => Object.assign(environment, { cpuAccounting: 'process.cpuUsage' }), 'process.cpuUsage()'],
  ['a simulation', ({ environment }) => Object.assign(environment, { cpuAccounting: 'simulated' }), 'no server was measured'],
  [
    'slow rounds',
    ({ environment }) =>
      Object.assign(environment, {
        slowRounds: [
          { round: 98, slowdown: 1.5 },
          { round: 99, slowdown: 1.3 },
        ],
      }),
    ', of which 2 do not count because the machine was slow.',
  ],
  ['given rounds', ({ options }) => Object.assign(options, { rounds: 6 }), 'The number of rounds was given.'],
  ['an interruption', (r) => Object.assign(r, { stoppedBecause: 'interrupted' }), 'cut short: interrupted.'],
])('%s', (_, edit, words) => {
  expect(methodParagraph(fixtureResult())).not.toContain(words)
  expect(methodParagraph(change(edit))).toContain(words)
})

test('what cells were really asked with counts, not the options of a study that varies it', () => {
  const result = change(({ options }) => Object.assign(options, { connections: 16, transport: 'unix' }))
  expect(methodParagraph(result)).toContain('over 8 connections per app (tcp, kept alive)')
})

test('nginx in front of an app is asked over TCP, whatever lies behind it', () => {
  const result = change(everywhere('deployment', { transport: 'unix', proxy: 'nginx' }))
  expect(methodParagraph(result)).toContain('(tcp, kept alive)')
})

test('the level is that of the intervals', () => {
  const result = change(({ cells }) => {
    for (const cell of cells) if (cell.state === 'measured') cell.ratio.level = 0.9
  })
  expect(methodParagraph(result)).toContain('interval at 90 %')
})

test('the command asks for the same run', () => {
  expect(reproduceCommand(fixtureResult())).toBe(
    "npm run compare -- --apps 'node-http,fastify,hono,koa,./it'\\''s mine/app.ts' --endpoints hello,lookup --connections 8 " +
      '--precision 1 --max-minutes 10 --slice 20 --blocks 40 --warm-up 1.5 --driver autocannon --seed 42',
  )
  const other = change(({ options }) =>
    Object.assign(options, { rounds: 3, precisionPercent: null, quick: true, transport: 'unix' }),
  )
  expect(reproduceCommand(other)).toMatch(/--connections 8 --transport unix --quick --rounds 3 --max-minutes 10 --slice/)
  const overKoa = change(({ apps }) => apps.splice(0, 1, { ...apps[0]!, id: 'koa@2', given: 'koa@2' }))
  expect(reproduceCommand(overKoa)).toContain(' --baseline koa@2 ')
  const inLanes = change(({ environment }) => {
    const laneCheck = { lanes: 2, turns: 8, cost: null, copies: null, ratio: null }
    Object.assign(environment, { moreLanes: [{ serverCpu: 3, loadCpu: 2 }], laneCheck })
  })
  expect(reproduceCommand(inLanes)).toContain(' --lanes 2 ')
  const flagged = change(({ options }) => options.nodeFlags.push('--no-opt', '--jitless'))
  expect(reproduceCommand(flagged)).toContain(" --node-flags '--no-opt --jitless' ")
  const started = change(({ apps, options, cells }) => {
    options.nodeFlags.push('--no-opt')
    Object.assign(apps[1]!, { nodeFlags: ['--no-opt', '--jitless'], env: { A: '1' } })
    for (const cell of cells) if (cell.app === 'koa') cell.deployment.runtime = 'node v22.1.0'
  })
  expect(runFacts(started).filter(({ name }) => ['Node', 'apps'].includes(name))).toEqual([
    { name: 'Node', text: '24.21.0, V8 13.6.233.17-node.33, --no-opt' },
    { name: 'apps', text: 'fastify with --jitless A=1; koa on node v22.1.0' },
  ])
  const fromFile = change((result) => {
    result.config = { apps: [] }
    result.options.apps = ['koa', { app: 'koa', env: { A: '1' } }]
  })
  expect(reproduceCommand(fromFile)).toBe('npm run compare -- --config result.json')
})

test.each(["./a'b c/app.ts", './$(touch x)`y`/a.ts', './\u001b7', './new\nline\u001b[31m\\end/ä.ts', './"q";rm -rf *'])(
  'a shell reads %j as it was given',
  (given) => {
    const result = change(({ apps }) => apps.splice(0, apps.length, { ...appFacts('x', 'X', null, null), given }))
    const command = reproduceCommand(result)
    expect(command).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]+$/u)
    const words = command.replace(/^npm run compare -- /, '')
    expect(execFileSync('bash', ['-c', `printf '%s\\0' ${words}`], { encoding: 'utf8' }).split('\0')[1]).toBe(given)
  },
)
