import { describe, expect, test } from 'vitest'
import { calmResult, finding, fixtureResult } from '../fixtures/fixture-result.ts'
import { escapeMarkdown } from './markdown.ts'
import { renderMarkdown } from './run-report.ts'

test('a valid run', () => {
  expect(renderMarkdown(calmResult())).toMatchInlineSnapshot(`
    "# What a framework costs: compare, 2026-11-21

    On the hello endpoint fastify costs 1.40 µs (±0.08) more CPU per request than node-http, hono 3.18 µs (±0.14) more, koa 3.29 µs (±0.13) more and evil 6.5 µs (±0.5) more; hono and koa cannot be told apart.

    - **run**: compare, 2026-11-21 09:30 UTC, suite 0.1.0, commit f144c75aaaaa
    - **Node**: 24.21.0, V8 13.6.233.17-node.33
    - **machine**: Example CPU @ 2.50GHz, 2 CPUs, 8.0 GiB, linux 6.1.0-28-amd64 x64; server on CPU 1, load generator on CPU 0, 110 ns apart
    - **CPU**: GenuineIntel family 6 model 106 stepping 6, microcode 0xd0003a5, 1 mitigation, no hypervisor, clock tsc
    - **load**: autocannon 9.0.0, 8 connections over tcp, seed 42
    - **time**: 6 rounds in 2 min 05 s, 64 % of it measuring; stopped because every interval is narrow enough

    \`\`\`sh
    npm run compare -- --apps 'node-http,fastify,hono,koa,./it'\\''s mine/app.ts' --endpoints hello --connections 8 --precision 1 --max-minutes 10 --slice 20 --blocks 40 --warm-up 1.5 --driver autocannon --seed 42
    \`\`\`

    ## hello: CPU of the server per request, 95 % intervals

    | rank | app | CPU µs/request | ratio to node-http | µs over node-http | requests/s | server busy % | load busy % | verdict |
    | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |
    | 1 | node:http | 6.81 [6.75, 6.87] | 1 | 0 | 120,400 [119,100, 121,700] | 97 | 41 | valid |
    | 2 | Fastify 5.12.8 | 8.21 [8.14, 8.29] | 1.206 [1.201, 1.211] | 1.40 [1.32, 1.49] | 99,800 [98,700, 100,900] | 97 | 41 | valid |
    | 3–4 | Hono 4.13.19 | 9.99 [9.87, 10.11] | 1.467 [1.455, 1.479] | 3.18 [3.04, 3.33] | 82,000 [81,100, 83,000] | 97 | 41 | valid |
    | 3–4 | Koa 3.3.0 | 10.10 [9.99, 10.21] | 1.483 [1.471, 1.495] | 3.29 [3.16, 3.42] | 81,200 [80,300, 82,000] | 97 | 41 | valid |
    | 5 | &lt;script&gt;alert(1)&lt;/script&gt;&#124;"x" 1.0&#124;&#96; 0 (evil) | 13.3 [12.9, 13.7] | 1.95 [1.90, 2.00] | 6.5 [6.0, 7.0] | 61,600 [60,900, 62,300] | 97 | 41 | valid |

    ## Two copies of one server (A/A)

    - hello: two copies of node-http: 1.001 [0.996, 1.006] (97.5 %) agree

    **Verdict: valid. No check found anything against these numbers.**

    ## Method

    Measured on Node 24.21.0: hello, in 6 rounds. A round starts every app afresh, warms it up for 1500 ms, then measures 40 blocks per endpoint: one slice of about 20 ms of every app, in an order shuffled with seed 42. Load comes from autocannon 9.0.0 over 8 connections per app (tcp, kept alive); server on CPU 1, load generator on CPU 0. CPU time is read from the kernel's schedstat of the server's whole process tree, in nanoseconds. A round's ratio is the trimmed mean of the log ratios of slices of one block, each paired with 2 copies of node-http; the ratio shown is the mean over rounds with a Student t interval at 95 %. Rounds go on until every ratio is known within ±1 %, or for at most 10 minutes.
    "
  `)
})

describe('escapeMarkdown', () => {
  test.each([
    ['<script>', '&lt;script&gt;'],
    ['a|b', 'a&#124;b'],
    ['a\\|b', 'a\\\\&#124;b'],
    ['`code`', '&#96;code&#96;'],
    ['a\r\n\n# b', 'a \\# b'],
    ['**bold** _it_ ~~no~~ $x$', '\\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~ \\$x\\$'],
    ['[text](http://evil)', '\\[text](http://evil)'],
    ['![](http://evil)', '!\\[](http://evil)'],
    ['[1](http://evil)', '\\[1](http://evil)'],
    ['[1][2]', '\\[1][2]'],
    ['[ ] task', '\\[ ] task'],
    ['&lt;', '&amp;lt;'],
    ['1.467 [1.455, 1.479]', '1.467 [1.455, 1.479]'],
    ['1.47 [?, ?]', '1.47 [?, ?]'],
    ['-0.1 [-0.5, 1,200]', '-0.1 [-0.5, 1,200]'],
  ])('%j', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped)
  })
})

test('every row of a table has as many columns as its head', () => {
  const blocks = renderMarkdown(fixtureResult()).split('\n\n')
  const tables = blocks.filter((block) => block.startsWith('| '))
  expect(tables).toHaveLength(3)
  for (const table of tables) {
    const counts = table.split('\n').map((line) => line.split('|').length)
    expect(new Set(counts).size, table).toBe(1)
  }
})

test('texts from apps open no tag, no column and no line', () => {
  const page = renderMarkdown(fixtureResult())
  expect(page).not.toMatch(/<script|<b>|<anonymous/)
  expect(page).toContain('| 5 | &lt;script&gt;alert(1)&lt;/script&gt;&#124;"x" 1.0&#124;&#96; 0 (evil) | 13.3 [12.9, 13.7] |')
  expect(page).toContain('| failed: exited with status 1 &#124; &lt;b&gt;&#96;rm&#96;&lt;/b&gt; in round 2 |')
  expect(page).not.toContain('\u001b')
})

test('a failed cell has no number', () => {
  const row = renderMarkdown(fixtureResult())
    .split('\n')
    .find((line) => line.includes('| failed: '))
  expect(row).toMatch(/^\| +\| &lt;script.*\(evil\) \| {2}\| {2}\| {2}\| {2}\| {2}\| {2}\| failed: /)
})

test('a path with a fence in it stays inside the command', () => {
  const result = calmResult()
  result.apps[0]!.given = './x\n```\n<b>'
  const page = renderMarkdown(result)
  expect(page.match(/^```/gm)).toHaveLength(2)
})

test('no empty sections', () => {
  const page = renderMarkdown(calmResult())
  expect(page).not.toMatch(/## (Findings|Failed)/)
  const noted = renderMarkdown({ ...calmResult(), findings: [finding('note-code', 'note', 'A fact.', '')] })
  expect(noted).toContain('## Findings\n\n- **note** note-code\n  - A fact.\n\n')
})
