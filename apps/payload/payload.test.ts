import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startApp } from '../../runner/fixtures/start-app.ts'
import { knownApps } from '../../runner/servers/find-app.ts'
import { checkContract } from '../contract.ts'
import { payloadAnswers, payloadBody, payloadSizes } from './payload.ts'

const endpoints = Object.keys(payloadAnswers)

describe('payloadBody', () => {
  it.each(payloadSizes)('has %i bytes, and no line twice', (bytes) => {
    const body = payloadBody(bytes)
    expect(Buffer.byteLength(body)).toBe(bytes)
    const lines = body.trimEnd().split('\n')
    expect(new Set(lines).size).toBe(lines.length)
    expect(payloadBody(bytes)).toBe(body)
  })

  it('is told under a name of its own from memory and from a file', () => {
    expect(endpoints).toEqual(['memory-40', 'memory-10000', 'memory-100000', 'file-40', 'file-10000', 'file-100000'])
    expect(new Set(Object.values(payloadAnswers).map(({ path }) => path)).size).toBe(endpoints.length)
  })
})

describe('an app', () => {
  let folder: string
  const before = process.env.TMPDIR
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'payload-'))
    process.env.TMPDIR = folder
  })
  afterAll(() => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(folder, { recursive: true })
  })
  afterEach(() => expect(readdirSync(folder)).toEqual([]))

  it.each(knownApps())('(%s) sends every body whole, byte for byte, and its files go with it', async (id) => {
    const server = await startApp(join(import.meta.dirname, `${id}.ts`), {}, { readyPath: '/memory-40' })
    const checks = await checkContract(server.address, { endpoints, answers: payloadAnswers, timeoutMs: 5_000 })
    expect(checks.map(({ endpoint, violations }) => [endpoint, violations])).toEqual(
      [...endpoints, 'wrong-path'].map((endpoint) => [endpoint, []]),
    )
    await server.stop()
  })
})
