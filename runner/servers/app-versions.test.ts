import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../result/errors.ts'
import { importedBy, installWish } from './app-versions.ts'
import { resolveApp } from './find-app.ts'
import { installPackages, packagesIn, removePackages } from './package-cache.ts'

const folder = mkdtempSync(join(tmpdir(), 'versions-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a version of a package', () => {
  it('is installed with what else the app imports, and the app is copied beside it', async () => {
    const asked: unknown[] = []
    const install = async (dependencies: object) => {
      asked.push(dependencies)
      return folder
    }
    const koa = await installWish(resolveApp('koa@2.15.0', '/'), '/', install)
    mkdirSync(join(folder, 'hono'))
    const hono = await installWish(resolveApp('hono@file:../hono', '/'), join(folder, 'here'), install)
    const known = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }
    const version = (name: string) => ({ [name]: known.dependencies[name] })
    expect(asked).toEqual([
      { ...version('@koa/router'), ...version('@koa/bodyparser'), koa: '2.15.0' },
      { ...version('@hono/node-server'), hono: `file:${join(folder, 'hono')}` },
    ])
    expect(koa).toMatchObject({ id: 'koa@2.15.0', given: 'koa@2.15.0', insideProject: true })
    expect(readFileSync(koa.modulePath, 'utf8')).toBe(readFileSync(resolveApp('koa', '/').modulePath, 'utf8'))
    expect(hono.modulePath).toMatch(new RegExp(`^${folder}/hono-[0-9a-f]{12}\\.ts$`))
  })

  it('has to be there where it is a path', async () => {
    const app = resolveApp('koa@file:./not-there', '/')
    await expect(installWish(app, folder, () => Promise.resolve(folder))).rejects.toThrow(
      /^koa@file:\.\/not-there cannot be installed: there is no .*not-there$/,
    )
  })

  it('is nothing for an app that is not asked for in one', async () => {
    const app = resolveApp('koa', '/')
    expect(await installWish(app, '/', () => Promise.reject(new Error('installed')))).toBe(app)
  })

  it('reads the packages that a module imports', () => {
    const source = [
      "import { createServer } from 'node:http'",
      "import express, { type Express } from 'express'",
      "import type { App } from '../app.ts'",
      "import type { Context } from 'koa'",
      "import Router from '@koa/router'",
      "import { serve } from '@hono/node-server/serve'",
      "  const { bodyParser } = await import('@koa/bodyparser')",
    ]
    expect(importedBy(source.join('\n'))).toEqual(['express', '@koa/router', '@hono/node-server', '@koa/bodyparser'])
  })
})

describe('the cache of packages', () => {
  const cache = join(folder, 'cache')
  const local = join(folder, 'local')

  it('installs once what has the same lockfile, and runs no script', { timeout: 60_000 }, async () => {
    mkdirSync(local)
    const scripts = { preinstall: 'touch ran', install: 'touch ran', postinstall: 'touch ran', prepare: 'touch ran' }
    writeFileSync(join(local, 'package.json'), JSON.stringify({ name: 'local', version: '1.2.3', scripts }))
    const first = await installPackages({ local: `file:${local}` }, cache)
    expect(JSON.parse(readFileSync(join(first, 'node_modules', 'local', 'package.json'), 'utf8'))).toMatchObject({
      version: '1.2.3',
    })
    expect(readdirSync(local)).toEqual(['package.json'])
    expect(packagesIn(first)).toEqual({ local: '1.2.3' })
    expect(packagesIn(folder)).toEqual({})
    expect(await installPackages({ local: `file:${local}` }, cache)).toBe(first)
    expect(readdirSync(cache)).toHaveLength(1)
  })

  it('says in one sentence what cannot be installed, and leaves nothing', { timeout: 60_000 }, async () => {
    const failing = installPackages({ 'No Name!': '1.0.0' }, join(folder, 'other'))
    await expect(failing).rejects.toThrow(UserError)
    await expect(failing).rejects.toThrow(/^No Name!@1\.0\.0 cannot be installed: .*[Ii]nvalid package name/)
    expect(readdirSync(join(folder, 'other'))).toEqual([])
  })

  it('is removed', () => {
    expect(removePackages(cache)).toBe(true)
    expect(removePackages(cache)).toBe(false)
  })
})
