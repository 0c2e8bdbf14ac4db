import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkContract } from '../../../apps/contract.ts'
import { checkTogether } from '../../../apps/together.ts'
import { measuredStudy } from '../../fixtures/measured-study.ts'
import { START } from '../../fixtures/start-app.ts'
import { deployOn } from '../../servers/deployment.ts'
import { localHost } from '../../servers/local-host.ts'
import { variantDeployments } from '../studies/study.ts'
import { protocols } from './frameworks.ts'
import { findRows, missingOf, type OriginRow } from './rows.ts'
import { originServers } from './servers.ts'
import { balancingRows, frameworkRows, keepAliveRows, modelRows, protocolRows } from './tables.ts'

const CONNECTIONS = 4
const ENDPOINTS = ['hello', 'template', 'table', 'lookup']
const rows = [...protocolRows, ...frameworkRows, ...keepAliveRows, ...modelRows, ...balancingRows]
const once = rows.filter((row, index) => rows.findIndex((other) => placeOf(other) === placeOf(row)) === index)
const missing = missingOf(once).rows

function placeOf({ server, front, transport = 'tcp', backs = 1 }: OriginRow): string {
  return [server, front ?? 'alone', transport, ...(backs === 1 ? [] : [`x${backs}`])].join(' ')
}

it('has what .ci/run installs, where that was run', () => {
  const others = [
    'golang-go',
    'pypy3',
    'python3-django',
    'python3-twisted',
    'python3-cherrypy3',
    'python3-fastapi',
    'python3-starlette',
    'apache2-bin',
  ]
  const small = missing.filter(({ server }) => !originServers.get(server)?.needs.some((name) => others.includes(name)))
  if (process.env.CI === 'true') expect(small.map(({ key }) => key)).toEqual([])
})

it('a table is measured for real, the front apart from the server behind it, and nothing is left behind', async () => {
  if (missing.some(({ server }) => server === 'wsgi')) return
  const out = mkdtempSync(join(tmpdir(), 'origins-'))
  try {
    const own = { rows: ['wsgi-uwsgi-unix', 'wsgi-fastcgi-tcp'] }
    const { result, problem } = await measuredStudy(protocols, { given: { apps: ['node-http'] }, own }, out)
    expect(problem).toBeNull()
    expect(result.cells.map(({ app, state }) => `${app} ${state}`)).toEqual([
      'node-http measured',
      'wsgi-uwsgi-unix measured',
      'wsgi-fastcgi-tcp measured',
    ])
    const [cell] = result.cells.filter(({ app }) => app === 'wsgi-uwsgi-unix')
    expect(cell).toMatchObject({ deployment: { proxy: expect.stringMatching(/^nginx /), transport: 'unix' } })
    const shares = cell?.state === 'measured' ? cell.perRound.map(({ proxy }) => proxy?.share) : []
    for (const share of shares) expect(share).toBeGreaterThan(0.1)
  } finally {
    rmSync(out, { recursive: true })
  }
})

describe('every server of the texts', () => {
  it.each(once.map((row) => ({ ...row, place: placeOf(row) })))('keeps the contract: $place', async (row) => {
    // What is not installed is left out here as it is in a study.
    if (missing.some((one) => placeOf(one) === row.place)) return
    const [found] = await findRows([row], { connections: CONNECTIONS }, () => {})
    const [plan] = variantDeployments([found!], 'none')
    const process = await localHost.start(plan!, START)
    try {
      const deployment = await deployOn(localHost, process, plan!, START)
      try {
        const endpoints = row.server === 'nginx' ? ['hello'] : ENDPOINTS
        const closes = row.front === undefined && found!.base.program?.connections === 'closed'
        const checks = await checkContract(deployment.address, { endpoints, closes, timeoutMs: 10_000 })
        expect(checks.flatMap(({ endpoint, violations }) => violations.map((one) => ({ endpoint, ...one })))).toEqual([])
        const together = await checkTogether(deployment.address, 'hello', { connections: CONNECTIONS, timeoutMs: 10_000 })
        expect(together.violations).toEqual([])
      } finally {
        if (deployment !== process) await deployment.stop()
      }
    } finally {
      await process.stop()
    }
  })

  it.each(once.filter(({ server }) => server !== 'nginx'))('says what it is: $key', async (row) => {
    if (missing.some((one) => one.key === row.key)) return
    const [found] = await findRows([row], { connections: CONNECTIONS }, () => {})
    const [plan] = variantDeployments([found!], 'none')
    expect(await localHost.describe(plan!)).toMatchObject({ title: expect.stringMatching(/./) })
  })
})
