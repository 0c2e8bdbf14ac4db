import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { calmResult, finding, fixtureResult } from '../fixtures/fixture-result.ts'
import { displayWidth } from '../result/plain-text.ts'
import { renderTerminal } from './run-report.ts'

test('a valid run', () => {
  expect(renderTerminal(calmResult(), { colour: false, width: 160 })).toMatchInlineSnapshot(`
    "run      compare, 2026-11-21 09:30 UTC, suite 0.1.0, commit f144c75aaaaa
    Node     24.21.0, V8 13.6.233.17-node.33
    machine  Example CPU @ 2.50GHz, 2 CPUs, 8.0 GiB, linux 6.1.0-28-amd64 x64; server on CPU 1, load generator on CPU 0, 110 ns apart
    CPU      GenuineIntel family 6 model 106 stepping 6, microcode 0xd0003a5, 1 mitigation, no hypervisor, clock tsc
    load     autocannon 9.0.0, 8 connections over tcp, seed 42
    time     6 rounds in 2 min 05 s, 64 % of it measuring; stopped because every interval is narrow enough

    hello: CPU of the server per request, 95 % intervals
    rank  app                               CPU µs/request    ratio to node-http  µs over node-http                  requests/s  server busy %  load busy %  verdict
    1     node:http                     6.81 [6.75, 6.87]   1                     0                  120,400 [119,100, 121,700]             97           41  valid
    2     Fastify 5.12.8                8.21 [8.14, 8.29]   1.206 [1.201, 1.211]  1.40 [1.32, 1.49]   99,800 [98,700, 100,900]              97           41  valid
    3–4   Hono 4.13.19                  9.99 [9.87, 10.11]  1.467 [1.455, 1.479]  3.18 [3.04, 3.33]   82,000 [81,100, 83,000]               97           41  valid
    3–4   Koa 3.3.0                    10.10 [9.99, 10.21]  1.483 [1.471, 1.495]  3.29 [3.16, 3.42]   81,200 [80,300, 82,000]               97           41  valid
    5     <script>alert(1)</script>|…  13.3  [12.9, 13.7]   1.95  [1.90, 2.00]    6.5  [6.0, 7.0]     61,600 [60,900, 62,300]               97           41  valid

    two copies of one server (A/A)
    hello: two copies of node-http: 1.001 [0.996, 1.006] (97.5 %) agree

    On the hello endpoint fastify costs 1.40 µs (±0.08) more CPU per request than node-http, hono 3.18 µs (±0.14) more, koa 3.29 µs (±0.13) more and evil 6.5 µs
    (±0.5) more; hono and koa cannot be told apart.
    Verdict: valid. No check found anything against these numbers.
    "
  `)
})

test('an invalid run tells what went wrong', () => {
  const text = renderTerminal(fixtureResult(), { colour: false, width: 120 })
  expect(text.slice(text.indexOf('lookup: CPU'))).toMatchInlineSnapshot(`
    "lookup: CPU of the server per request, 95 % intervals
    rank  app                            CPU µs/request       ratio to node-http  µs over node-http      requests/s  verdict
    1     node:http                1,204 [1,200, 1,209]  1                               0           681 [673, 688]  valid
    2     Fastify 5.12.8           1,217 [1,212, 1,222]  1.0105 [1.0074, 1.0136]        13 [6, 19]   674 [666, 681]  valid
    3     Hono 4.13.19             1,231 [1,227, 1,236]  1.0225 [1.0190, 1.0260]        27 [21, 33]  666 [659, 673]  valid
    –     Koa 3.3.0                1,229 [1,220, 1,238]  1.019  [1.011, 1.026]          25 [13, 36]  667 [660, 675]  invalid
          <script>alert(1)</scri…  failed: exited with status 1 | <b>\`rm\`</b> in round 2

    overall: geometric mean over hello and lookup, 95 % intervals
    rank  app                                                ratio to node-http  verdict
    1     node:http                                     1                        valid
    2     Fastify 5.12.8                                1.1039 [1.1006, 1.1072]  valid
    3     Hono 4.13.19                                  1.225  [1.219, 1.231]    valid
    –     Koa 3.3.0                                     1.229  [1.209, 1.249]    invalid
          <script>alert(1)</script>|"x" 1.0|\` 0 (evil)  not measured on every endpoint

    two copies of one server (A/A)
    hello: two copies of node-http: 1.001 [0.996, 1.006] (97.5 %) agree
    lookup: two copies of node-http: 1.012 [1.008, 1.016] (97.5 %) DISAGREE

    failed
    evil on lookup: exited with status 1 | <b>\`rm\`</b> in round 2
      | Error: boom | \`x\`
      | at <anonymous>

    findings
    invalid load-generator-bound
      koa lookup: The load generator was busy 99 % of the time.
      → Use fewer connections.
    invalid app-failed
      evil lookup: evil stopped answering in round 2.
      → Run it alone.
    suspect steal
      The hypervisor took 2.1 % of the CPU time.
      → Measure on a quieter machine.

    Verdict: invalid (load-generator-bound, app-failed). Do not quote these numbers; the findings say what to do. evil
    lookup has no numbers (app-failed).
    "
  `)
})

const heads = (width: number) => {
  const lines = renderTerminal(calmResult(), { colour: false, width }).split('\n')
  return lines
    .find((line) => line.startsWith('rank'))!
    .trim()
    .split(/ {2,}/)
}

test('the narrower the terminal, the fewer columns, the least important first', () => {
  const widths = Array.from({ length: 180 }, (_, index) => 180 - index)
  const seen = [...new Set(widths.map((width) => heads(width).slice(2, -1).join(', ')))]
  expect(seen).toEqual([
    'CPU µs/request, ratio to node-http, µs over node-http, requests/s, server busy %, load busy %',
    'CPU µs/request, ratio to node-http, µs over node-http, requests/s, server busy %',
    'CPU µs/request, ratio to node-http, µs over node-http, requests/s',
    'CPU µs/request, ratio to node-http, µs over node-http',
    'CPU µs/request, ratio to node-http',
    'ratio to node-http',
  ])
  expect(heads(80)).toEqual(['rank', 'app', 'CPU µs/request', 'ratio to node-http', 'verdict'])
  expect(heads(Infinity)).toHaveLength(9)
})

test.each([56, 60, 72, 80, 100, 120, 160])('no line is longer than %i columns', (width) => {
  for (const line of renderTerminal(fixtureResult(), { colour: true, width }).split('\n')) {
    expect(displayWidth(stripVTControlCharacters(line)), line).toBeLessThanOrEqual(width)
  }
})

test('numbers stand with their points below each other, wide letters or not', () => {
  const result = calmResult()
  result.apps[1]!.title = '日本'
  const lines = renderTerminal(result, { colour: false, width: 160 }).split('\n')
  const rows = lines.filter((line) => /^\d/.test(line))
  expect(rows).toHaveLength(5)
  const points = rows.map((row) => displayWidth(row.slice(0, row.search(/\d\.\d+ +\[/) + 1)))
  expect(new Set(points).size).toBe(1)
})

test('colour adds nothing but colour', () => {
  const plain = renderTerminal(fixtureResult(), { colour: false, width: 100 })
  const coloured = renderTerminal(fixtureResult(), { colour: true, width: 100 })
  expect(plain).not.toContain('\u001b')
  expect(coloured).toContain('\u001b[31m')
  expect(stripVTControlCharacters(coloured)).toBe(plain)
})

test('nothing from an app reaches the terminal as a command', () => {
  const result = fixtureResult()
  const attack = 'x\u001b]0;title\u0007\u001b[2J\r\n\u009b31m\u202e'
  for (const app of result.apps) Object.assign(app, { title: attack, version: attack, given: attack })
  for (const cell of result.cells) {
    cell.findings = [finding(attack, 'note', attack, attack)]
    if (cell.state === 'failed') Object.assign(cell, { reason: attack, lastLines: [attack, attack] })
  }
  Object.assign(result.environment, { cpuModel: attack, node: attack, kernel: attack, driverVersion: attack, commit: attack })
  Object.assign(result.environment, { hypervisor: attack, clockSource: attack })
  Object.assign(result.environment.cpu!, { vendor: attack, model: attack, microcode: attack })
  const text = renderTerminal(result, { colour: false, width: 100 })
  expect(text.replaceAll('\n', '')).toMatch(/^\P{C}+$/u)
})

test('says why a run ended', () => {
  const text = renderTerminal({ ...calmResult(), stoppedBecause: 'interrupted' }, { colour: false, width: 160 })
  expect(text).toContain('stopped because it was interrupted')
})
