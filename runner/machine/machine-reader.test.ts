import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { machineOf } from '../fixtures/machines.ts'
import { readOnce, thisMachine } from './machine-reader.ts'

const folder = mkdtempSync(join(tmpdir(), 'machine-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('this machine', () => {
  it('reads files, packed ones too, and from the project', () => {
    writeFileSync(join(folder, 'config.gz'), gzipSync('CONFIG_HZ=250\n'))
    expect(thisMachine.readFile(join(folder, 'config.gz'))).toBe('CONFIG_HZ=250\n')
    expect(thisMachine.readFile('package.json')).toContain('"what-a-framework-costs"')
  })

  it('has null for what cannot be read', () => {
    writeFileSync(join(folder, 'broken.gz'), 'not packed')
    for (const path of ['nowhere', 'broken.gz', '.', 'a\0b']) expect(thisMachine.readFile(join(folder, path))).toBeNull()
  })

  it('lists folders, and has nothing in those that are not there', () => {
    writeFileSync(join(folder, 'b.txt'), '')
    writeFileSync(join(folder, 'a.txt'), '')
    expect(thisMachine.listFolder(folder).filter((name) => name.endsWith('.txt'))).toEqual(['a.txt', 'b.txt'])
    expect(thisMachine.listFolder('docs')).toContain('methodology.md')
    expect(thisMachine.listFolder(join(folder, 'nowhere'))).toEqual([])
  })

  it('runs programs in the project, and has null for those that are not there', () => {
    expect(thisMachine.run('node', ['-p', 'process.cwd()'])).toEqual({ status: 0, stdout: expect.stringContaining('/') })
    expect(thisMachine.run('node', ['-e', 'process.exit(3)'])?.status).toBe(3)
    expect(thisMachine.run('no-such-program-anywhere', [])).toBeNull()
  })

  it('finds programs, but neither folders nor files that cannot be run', () => {
    expect(thisMachine.hasProgram('sh')).toBe(true)
    expect(thisMachine.hasProgram('no-such-program-anywhere')).toBe(false)
    const path = process.env.PATH
    try {
      writeFileSync(join(folder, 'plain'), '', { mode: 0o644 })
      writeFileSync(join(folder, 'runs'), '', { mode: 0o755 })
      process.env.PATH = `${tmpdir()}:${folder}`
      const names = ['plain', 'runs', folder.split('/').at(-1)!]
      expect(names.map(thisMachine.hasProgram)).toEqual([false, true, false])
    } finally {
      process.env.PATH = path
    }
  })

  it('knows installed packages', () => {
    expect(thisMachine.installedVersion('koa')).toMatch(/^\d+\.\d+\.\d+/)
    expect(thisMachine.installedVersion('no-such-package-anywhere')).toBeNull()
  })
})

it('reads once of every machine, whatever it finds', () => {
  const [one, other] = [machineOf({ kernelRelease: '6.1.0', files: {} }), machineOf({ kernelRelease: '6.2.0', files: {} })]
  let readings = 0
  const found = readOnce(({ kernelRelease }) => {
    readings++
    return kernelRelease === '6.1.0' ? null : kernelRelease
  })
  expect([one, other, one, other].map(found)).toEqual([null, '6.2.0', null, '6.2.0'])
  expect(readings).toBe(2)
})
