import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type SimulatedRunOptions, simulatedRunOf } from '../../fixtures/simulated-run-of-study.ts'
import type { Pulse } from '../../load/driver.ts'
import type { FakePlace } from '../../load/fake.ts'
import { verdictLine } from '../../report/findings.ts'
import { connections } from './connections.ts'

const CONNECTIONS = 16
/** µs per request by way; koa takes twice as long as the baseline. */
const WAYS: Readonly<Record<string, number>> = { new: 50, 'two-writes': 14 }
const cost = (app: string) => (WAYS[app.split('@')[1] ?? ''] ?? 10) * (app.startsWith('koa') ? 2 : 1)
/** Each response takes 40 ms. */
const stall = (pulse: Pulse, { app }: FakePlace): Pulse =>
  app.endsWith('@nagle-two-writes')
    ? {
        ...{ ...pulse, requests: CONNECTIONS, elapsedNs: 40.4e6, steadyRequests: 0, steadyNs: 0 },
        held: { ns: CONNECTIONS * 40e6, hastened: 1, released: 1 },
      }
    : pulse

function study({ world, ...options }: SimulatedRunOptions = {}) {
  return simulatedRunOf(connections, {
    ...options,
    given: { apps: ['koa'], connections: CONNECTIONS, slice: 5, ...options.given },
    world: { cost, disturb: stall, processNoise: 0.001, sliceNoise: 0.002, ...world },
  })
}

describe('the answer of connections', () => {
  it('says what a connection and a second write cost, with intervals, and that Nagle alone costs nothing', async () => {
    const { answer } = await study()
    const [fresh] = answer.sentences
    const nagle = answer.sentences.filter((sentence) => sentence.startsWith('Nagle’s algorithm with one write per response'))
    const twoWrites = answer.sentences.find((sentence) => sentence.startsWith('Two writes'))
    expect(fresh).toMatch(
      /^A new connection for every request changes the server CPU per request of node-http 4\d\.\d+ \[.*\] µs \([45]\.\d+ \[.*\] times\) and koa \d+\.\d+ \[/,
    )
    expect(nagle).toEqual([
      expect.stringMatching(
        /changes the server CPU per request by less than 1 % for node-http \(0\.998\d* \[.*\] times\), below the 1 % threshold\.$/,
      ),
      expect.stringMatching(/cannot be told apart from the app as it is by the cost of koa\.$/),
    ])
    expect(twoWrites).toMatch(
      /^Two writes per response with TCP_NODELAY as it is changes .* node-http [34]\.\d+ \[.*\] µs \(1\.[34]\d* \[/,
    )
    expect(answer.charts[0]!.points).toHaveLength(2 * 4)
  })

  it('quotes the stall as what was found, not as a cost, and the run stays valid', async () => {
    const { answer, result } = await study()
    const stalls = answer.sentences.filter((sentence) => sentence.includes('stall'))
    expect(stalls).toHaveLength(2)
    expect(stalls[0]).toMatch(
      /^Nagle’s algorithm and two writes per response stall node-http, as they are meant to, and the check says so: each response takes 40\.4 ms while the server is \d+ % busy.*That is no cost, so none is quoted\.$/,
    )
    const cells = result.cells.filter(({ app }) => app.endsWith('@nagle-two-writes'))
    expect(cells.map(({ verdict, provokes }) => [verdict, provokes])).toEqual([
      ['invalid', ['stall']],
      ['invalid', ['stall']],
    ])
    expect(cells.every((cell) => cell.state === 'measured' && cell.rank === null)).toBe(true)
    expect(result.verdict).toBe('valid')
    expect(verdictLine(result)).toMatch(
      /^Verdict: valid for 8 of 10 cells\. Invalid as they were meant to be, and not to be quoted: .*koa@nagle-two-writes.*hello.* \(stall\)\. Nothing else is suspect or invalid/,
    )
    for (const row of answer.tables[0]!.rows.filter((row) => row[2] === 'off' && row[3] === 2)) {
      expect(row.slice(4, 9)).toEqual([null, null, null, null, null])
      expect(row.at(-1)).toBe('invalid: stall')
    }
    expect(answer.limits.join()).not.toContain('stall')
  })

  it('does not excuse what it has not brought about: another stall, or another fault of that cell', async () => {
    const everywhere = await study({ world: { disturb: (pulse, place) => stall(pulse, { ...place, app: '@nagle-two-writes' }) } })
    expect(everywhere.result.verdict).toBe('invalid')
    expect(verdictLine(everywhere.result)).toContain('Verdict: invalid (')
    const broken = await study({
      world: {
        disturb: (pulse, place) =>
          place.app === 'koa@nagle-two-writes'
            ? { ...stall(pulse, place), steadyRequests: 1e6, steadyNs: 40e6 }
            : stall(pulse, place),
      },
    })
    expect(broken.result.verdict).toBe('invalid')
  })

  it('says so where nothing stalls', async () => {
    const { answer, result } = await study({ world: { disturb: (pulse) => pulse } })
    expect(answer.sentences.at(-1)).toBe('Nagle’s algorithm and two writes per response did not stall node-http and koa here.')
    expect(result.verdict).toBe('valid')
  })

  it('says that requests/s with new connections are those of the load generator where the server idles', async () => {
    const half = (pulse: Pulse, place: FakePlace) =>
      place.app.endsWith('@new')
        ? { ...pulse, elapsedNs: 2 * pulse.elapsedNs, steadyNs: 2 * pulse.steadyNs }
        : stall(pulse, place)
    const { answer, result } = await study({ world: { disturb: half } })
    expect(answer.limits[0]).toMatch(/requests\/s of node-http and koa with a new connection are those of the load generator/)
    // It is known beforehand, so nothing is wrong with the cost.
    expect(result.verdict).toBe('valid')
  })
})

describe('connections', () => {
  it('asks every way of an app of a process of its own; the baseline has a twin', async () => {
    const { run, result } = await study()
    const own = run.plan.deployments.map(({ id, process, load }) => [id, process ?? id, load?.keepAlive])
    expect(own.filter(([id]) => String(id).startsWith('koa'))).toEqual([
      ['koa', 'koa', true],
      ['koa@new', 'koa@new', false],
      ['koa@nagle', 'koa@nagle', true],
      ['koa@two-writes', 'koa@two-writes', true],
      ['koa@nagle-two-writes', 'koa@nagle-two-writes', true],
    ])
    expect(own.filter(([id]) => String(id).endsWith('#2'))).toEqual([['node-http#2', 'node-http#2', true]])
    expect(result.cells.find(({ app }) => app === 'koa@new')?.load).toMatchObject({ keepAlive: false, connections: CONNECTIONS })
    // Its modules are gone.
    const { modulePath } = run.plan.deployments.find(({ id }) => id === 'koa@nagle')!
    expect(existsSync(dirname(modulePath))).toBe(false)
  })

  it('does not wait for the precision of what stalls', async () => {
    const { run } = await study()
    expect(run.plan.deployments.filter(({ provokes }) => provokes !== undefined).map(({ id }) => id)).toEqual([
      'node-http@nagle-two-writes',
      'koa@nagle-two-writes',
    ])
  })

  it('refuses a driver that cannot open connections', async () => {
    await expect(study({ given: { driver: 'autocannon-sleeping' } })).rejects.toMatchObject({ code: 'driver-cannot' })
  })
})
