import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installedVersion } from '../../apps/installed-version.ts'
import { UserError } from '../result/errors.ts'
import { knownApps, resolveApp } from './find-app.ts'

const appsFolder = join(import.meta.dirname, '..', '..', 'apps')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'apps-'))
  write('mine/app.ts')
  write('my server!/index.js')
  write('single.mjs')
  write('empty/readme.txt')
  write('koa/app.ts')
  write(`${'long'.repeat(40)}.ts`)
  write('.hidden/app.ts')
})

afterAll(() => rmSync(folder, { recursive: true }))

function write(path: string, content = ''): string {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

function refusal(given: string): UserError {
  try {
    resolveApp(given, folder)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error(`${given} was accepted`)
}

describe('knownApps', () => {
  it('lists the folders that hold an app, the baseline first', () => {
    expect(knownApps()).toEqual(['node-http', 'express', 'fastify', 'hono', 'koa'])
  })
})

describe('resolveApp', () => {
  it('finds a known app by its id, even where a folder of that name lies around', () => {
    const modulePath = join(appsFolder, 'koa', 'app.ts')
    expect(resolveApp('koa', folder)).toEqual({ id: 'koa', modulePath, given: 'koa', insideProject: true })
  })

  it.each([
    ['./mine/app.ts', 'mine', 'mine/app.ts'],
    ['./mine', 'mine', 'mine/app.ts'],
    ['mine', 'mine', 'mine/app.ts'],
    ['./koa', 'koa', 'koa/app.ts'],
    ['single.mjs', 'single', 'single.mjs'],
    ['my server!/index.js', 'my-server', 'my server!/index.js'],
    ['.hidden/app.ts', 'hidden', '.hidden/app.ts'],
  ])('takes %s for a path and calls it %s', (given, id, path) => {
    expect(resolveApp(given, folder)).toEqual({ id, modulePath: join(folder, path), given, insideProject: false })
  })

  it('takes an absolute path, and "." for the folder itself', () => {
    const modulePath = join(folder, 'mine', 'app.ts')
    expect(resolveApp(modulePath, '/')).toMatchObject({ id: 'mine', modulePath })
    expect(resolveApp('.', join(folder, 'mine'))).toMatchObject({ id: 'mine', modulePath })
  })

  it('knows a path into the project when it sees one', () => {
    expect(resolveApp(join(appsFolder, 'fixtures', 'chunked.ts'), folder)).toMatchObject({ id: 'chunked', insideProject: true })
  })

  it.each([
    ['express@4', 'express@4', { name: 'express', specification: '4' }],
    ['koa@next', 'koa@next', { name: 'koa', specification: 'next' }],
    ['hono@^4.1 <5', 'hono@-4.1-5', { name: 'hono', specification: '^4.1 <5' }],
    ['hono@file:../my/hono', 'hono@hono', { name: 'hono', specification: 'file:../my/hono' }],
    ['express@npm:other@1.0.0', 'express@npm-other@1.0.0', { name: 'express', specification: 'npm:other@1.0.0' }],
  ])('takes %s for a version of a package', (given, id, wish) => {
    const modulePath = join(appsFolder, wish.name, 'app.ts')
    expect(resolveApp(given, folder)).toEqual({ id, modulePath, given, insideProject: true, wish })
  })

  it('takes the checkout of a framework for a version of it', () => {
    const checkout = join(folder, 'koa-pr')
    mkdirSync(checkout)
    writeFileSync(join(checkout, 'package.json'), '{ "name": "koa", "main": "lib/application.js" }')
    const wish = { name: 'koa', specification: `file:${checkout}` }
    expect(resolveApp('./koa-pr', folder)).toMatchObject({ id: 'koa@koa-pr', given: './koa-pr', insideProject: false, wish })
  })

  it.each(['node-http@20', 'koa@', 'other@1', '@scope/koa'])('takes %s for none', (given) => {
    expect(() => resolveApp(given, folder)).toThrow(UserError)
  })

  it('keeps ids short', () => {
    expect(resolveApp(`./${'long'.repeat(40)}.ts`, folder).id).toBe('long'.repeat(15))
  })

  it('suggests the nearest app for a slip', () => {
    const error = refusal('expres')
    expect(error).toMatchObject({ code: 'unknown-app', message: 'unknown app "expres"', exitStatus: 2 })
    expect(error.hint).toContain('did you mean "express"?')
  })

  it.each(['', 'zzzzzzz', 'bun'])('does not guess for "%s", and lists what there is', (given) => {
    const error = refusal(given)
    expect(error.code).toBe('unknown-app')
    expect(error.hint).not.toContain('did you mean')
    expect(error.hint).toContain('node-http, express, fastify, hono, koa')
  })

  it('refuses a file that is not there, and a folder without an app', () => {
    expect(refusal('./nowhere/app.ts')).toMatchObject({ code: 'app-not-found', exitStatus: 2 })
    expect(refusal('./nowhere/app.ts').message).toContain(join(folder, 'nowhere', 'app.ts'))
    expect(refusal('./empty')).toMatchObject({ code: 'app-not-found', exitStatus: 2 })
    expect(refusal('./empty').message).toContain('app.ts')
  })
})

describe('installedVersion', () => {
  const manifest = (version: string, exports?: object) => JSON.stringify({ name: 'frame', version, main: 'main.js', exports })

  it('is the version next to the module, before one further up', () => {
    write('node_modules/frame/package.json', manifest('1.0.0'))
    write('mine/node_modules/frame/package.json', manifest('2.0.0'))
    expect(installedVersion('frame', join(folder, 'mine', 'app.ts'))).toBe('2.0.0')
    expect(installedVersion('frame', join(folder, 'koa', 'app.ts'))).toBe('1.0.0')
  })

  it('is found for a package whose exports hide package.json, and for a scoped one', () => {
    write('node_modules/hidden/package.json', manifest('3.0.0', { '.': './main.js' }))
    write('node_modules/@scope/frame/package.json', manifest('4.0.0'))
    expect(installedVersion('hidden', join(folder, 'single.mjs'))).toBe('3.0.0')
    expect(installedVersion('@scope/frame', join(folder, 'single.mjs'))).toBe('4.0.0')
  })

  it('follows a linked module to its real place, as import() does', () => {
    write('elsewhere/node_modules/linked/package.json', manifest('5.0.0'))
    const real = write('elsewhere/app.ts')
    symlinkSync(real, join(folder, 'link.ts'))
    expect(installedVersion('linked', join(folder, 'link.ts'))).toBe('5.0.0')
  })

  it('is null for no package and for one that is not installed', () => {
    expect(installedVersion(null, join(folder, 'single.mjs'))).toBeNull()
    expect(installedVersion('nobody-published-this', join(folder, 'single.mjs'))).toBeNull()
  })
})
