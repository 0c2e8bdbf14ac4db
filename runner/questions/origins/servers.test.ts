import { describe, expect, it } from 'vitest'
import { checkContract } from '../../../apps/contract.ts'
import { checkTogether } from '../../../apps/together.ts'
import { START } from '../../fixtures/start-app.ts'
import { deployOn } from '../../servers/deployment.ts'
import { localHost } from '../../servers/local-host.ts'
import { variantDeployments } from '../studies/study.ts'
import { findRows, missingOf, type OriginRow } from './rows.ts'
import { frameworkRows, keepAliveRows, modelRows, protocolRows } from './tables.ts'

const CONNECTIONS = 4
const ENDPOINTS = ['hello', 'template', 'table', 'lookup']
const rows = [...protocolRows, ...frameworkRows, ...keepAliveRows, ...modelRows]
const once = rows.filter((row, index) => rows.findIndex((other) => placeOf(other) === placeOf(row)) === index)
const missing = missingOf(once).rows

function placeOf({ server, front, transport = 'tcp' }: OriginRow): string {
  return [server, front ?? 'alone', transport].join(' ')
}

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
