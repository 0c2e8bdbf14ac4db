import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { loadApp } from '../../apps/create-server.ts'
import { resolveApps } from '../questions/resolve.ts'
import { writeGeneratedApps } from './find-app.ts'

const CACHED = new URL('../../apps/cached.ts', import.meta.url)
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function strangersFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stranger "$(x)" '))
  folders.push(folder)
  return folder
}

describe('writeGeneratedApps', () => {
  it('writes a module of its own for each, in a folder that nobody else can enter, and takes it away', async () => {
    const [base] = resolveApps([], process.cwd())
    const listeners = process.listenerCount('exit')
    const { apps, remove } = await writeGeneratedApps([{ id: 'node-http@cached', base: base!, module: CACHED, name: 'cached' }])
    try {
      expect(apps).toMatchObject([{ id: 'node-http@cached', given: 'node-http@cached', insideProject: true }])
      expect((await loadApp(apps[0]!.modulePath)).title).toBe('node:http, cached')
      expect(statSync(dirname(apps[0]!.modulePath)).mode & 0o777).toBe(0o700)
    } finally {
      await remove()
    }
    expect(existsSync(dirname(apps[0]!.modulePath))).toBe(false)
    expect(process.listenerCount('exit')).toBe(listeners)
  })

  it("imports a stranger's module whatever its folder is called, and hands data on as it is", async () => {
    const folder = strangersFolder()
    writeFileSync(join(folder, 'app.mjs'), "export default { title: 'Mine', package: null, createServer() {} }")
    writeFileSync(join(folder, 'make.mjs'), 'export const make = (base, data) => ({ ...base, title: JSON.stringify(data) })')
    const base = { id: 'mine', modulePath: join(folder, 'app.mjs'), given: './mine', insideProject: false }
    const module = new URL(`file://${encodeURI(folder)}/make.mjs`)
    const data = ['"', '\n', { nested: '`$(x)`' }]
    const { apps, remove } = await writeGeneratedApps([{ id: 'mine@x', base, module, name: 'make', arguments: [data] }])
    try {
      expect((await loadApp(apps[0]!.modulePath)).title).toBe(JSON.stringify(data))
    } finally {
      await remove()
    }
  })

  it('needs no base, and no data', async () => {
    const folder = strangersFolder()
    writeFileSync(join(folder, 'make.mjs'), 'export const make = (...args) => args.length')
    const module = new URL(`file://${encodeURI(folder)}/make.mjs`)
    const { apps, remove } = await writeGeneratedApps([{ id: 'bare', module, name: 'make' }])
    expect(readFileSync(apps[0]!.modulePath, 'utf8')).toMatch(/^import .*\n\nexport default make\(\)\n$/)
    await remove()
  })

  it('takes the folder away when the process ends at once', async () => {
    const temporary = strangersFolder()
    const module = new URL('./find-app.ts', import.meta.url).href
    const text = `
      const { writeGeneratedApps } = await import(${JSON.stringify(module)})
      const { apps } = await writeGeneratedApps([{ id: 'x', module: new URL('file:///x.ts'), name: 'x' }])
      process.stdout.write(apps[0].modulePath)
      process.exit(130)`
    const env = { ...process.env, TMPDIR: temporary }
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', text], { env, encoding: 'utf8' })
    expect(status).toBe(130)
    expect(stdout.startsWith(temporary)).toBe(true)
    await expect.poll(() => readdirSync(temporary)).toEqual([])
  })
})
