import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../result/errors.ts'
import { resolveApp } from './find-app.ts'
import { readManifest } from './server-manifest.ts'

const folder = mkdtempSync(join(tmpdir(), 'manifest-'))
afterAll(() => rmSync(folder, { recursive: true }))

function manifest(text: string): string {
  const path = join(folder, 'server.json')
  writeFileSync(path, text)
  return path
}

function mistake(text: string): string {
  try {
    readManifest(manifest(text))
  } catch (error) {
    if (error instanceof UserError) return error.message.replace(folder, '')
    throw error
  }
  throw new Error('it was read')
}

describe('a manifest', () => {
  it('needs a title and a command, and has what is usual for the rest', () => {
    expect(readManifest(manifest('{ "title": "Mine", "command": ["./mine", "--port", "{port}"] }'))).toEqual({
      title: 'Mine',
      command: ['./mine', '--port', '{port}'],
      env: {},
      transports: ['tcp'],
      connections: 'kept',
      answering: 'main-thread',
      stop: { signal: 'SIGTERM', graceMilliseconds: 500 },
      folder,
    })
  })

  it('is found in its folder, which gives it its name', () => {
    const own = mkdtempSync(join(folder, 'mine-'))
    writeFileSync(join(own, 'server.json'), '{ "title": "Mine", "command": ["./mine"] }')
    for (const given of [own, join(own, 'server.json')]) {
      const app = resolveApp(given, '/')
      expect(app.program).toMatchObject({ title: 'Mine', folder: own })
      expect(app.id).toMatch(/^mine-/)
    }
  })

  it.each([
    ['{\n  "title": "Mine",\n  "command": ["./mine"],\n}', /^\/server\.json:4: not JSON: /],
    ['{\n  "title": "Mine",\n  "command": "./mine"\n}', /^\/server\.json:3: command: .*array/],
    ['{\n  "title": "Mine"\n}', /^\/server\.json: command: /],
    ['{ "title": "Mine", "command": [] }', /^\/server\.json:1: command: /],
    ['{\n  "title": "Mine",\n  "command": ["./mine"],\n  "comand": []\n}', /^\/server\.json:4: comand: Unrecognized key/],
    [
      '{\n  "title": "Mine",\n  "command": ["./mine"],\n  "transports": ["udp"]\n}',
      /^\/server\.json:4: transports\.0: .*"tcp"\|"unix"/,
    ],
    [
      '{\n  "title": "Mine",\n  "command": ["./mine"],\n  "stop": {\n    "signal": "SIGKILL"\n  }\n}',
      /^\/server\.json:5: stop\.signal: /,
    ],
    ['{ "title": "Mine", "command": ["./mine"], "env": { "A-B": "c" } }', /^\/server\.json:1: env\.A-B: /],
    ['[]', /^\/server\.json: .*object/],
  ])('with a mistake is refused with its line and field: %j', (text, sentence) => {
    expect(mistake(text)).toMatch(sentence)
  })
})
