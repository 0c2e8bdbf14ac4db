import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { expect, it } from 'vitest'

const PROJECT = join(import.meta.dirname, '..', '..')
/** Rooms of `runner/`, and `apps/`, by floor: a room uses those on floors below only. `servers` does not know `load`. */
const FLOORS = [
  ['statistics', 'apps'],
  ['result'],
  ['machine'],
  ['servers'],
  ['load'],
  ['measure'],
  ['analysis'],
  ['report'],
  ['questions'],
  ['cli'],
  ['cli.ts'],
]
const MEASURING = ['apps', 'statistics', 'machine', 'servers', 'load', 'measure', 'analysis']

const files = ['apps', 'runner'].flatMap((folder) =>
  readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.endsWith('.test.ts'))
    .map((file) => [folder, ...file.split(sep)].join('/')),
)
const isFixture = (file: string) => file.includes('/fixtures/')
const product = files.filter((file) => !isFixture(file))
const textOf = new Map(files.map((file) => [file, readFileSync(join(PROJECT, file), 'utf8')]))

/** Files that a file names, in imports (types too) or as the path of a program. */
function named(file: string, pattern: RegExp): string[] {
  const paths = [...textOf.get(file)!.matchAll(pattern)].map(([, path]) => relative(PROJECT, join(PROJECT, dirname(file), path!)))
  return paths.map((path) => path.split(sep).join('/')).filter((path) => textOf.has(path))
}
const IMPORT = /\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g
const PROGRAM = /\bnew URL\('(\.[^']+)'/g
const importsOf = new Map(product.map((file) => [file, named(file, IMPORT)]))

function roomOf(file: string): string {
  const [folder, room] = file.split('/')
  return folder === 'apps' ? 'apps' : room!
}
const floorOf = (room: string) => FLOORS.findIndex((rooms) => rooms.includes(room))

it('cli.ts stands alone at the root of runner/, and every room has a floor', () => {
  expect(files.filter((file) => /^runner\/[^/]+$/.test(file))).toEqual(['runner/cli.ts'])
  const unknown = product.map(roomOf).filter((room) => floorOf(room) === -1)
  expect(unknown.filter((room) => room !== 'fixtures')).toEqual([])
})

it('imports go to rooms below only, types included', () => {
  const upwards = [...importsOf].flatMap(([file, imported]) =>
    imported
      .filter((other) => roomOf(other) !== roomOf(file) && floorOf(roomOf(other)) >= floorOf(roomOf(file)))
      .map((other) => `${file} > ${other}`),
  )
  expect(upwards).toEqual([])
})

it('imports make no circle', () => {
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    expect(path, 'a circle').not.toContain(file)
    if (done.has(file)) return
    for (const other of importsOf.get(file) ?? []) visit(other, [...path, file])
    done.add(file)
  }
  for (const file of product) visit(file, [])
})

it('product imports no fixture', () => {
  const importing = [...importsOf].filter(([, imported]) => imported.some(isFixture)).map(([file]) => file)
  expect(importing).toEqual([])
})

it('no file of runner/ is without a user', () => {
  const scripts = readFileSync(join(PROJECT, 'package.json'), 'utf8')
  const used = new Set(product.flatMap((file) => [...importsOf.get(file)!, ...named(file, PROGRAM)]))
  const unused = product.filter((file) => file.startsWith('runner/') && !used.has(file) && !scripts.includes(file))
  expect(unused).toEqual([])
})

it('code that measures never asks what time it is: performance.now() and hrtime() cannot jump', () => {
  const sources = product.filter((file) => MEASURING.includes(roomOf(file)))
  expect(sources.length).toBeGreaterThan(100)
  const asking = sources.filter((file) => /\bnew Date\b|\bDate\s*\(|\bDate\.(now|parse|UTC)\b/.test(textOf.get(file)!))
  expect(asking).toEqual([])
})

it('ids of variants and copies are made in one file and taken apart in none', () => {
  const made = /`\$\{[^`}]*\}[@#]\$\{/
  const parsed = /\.(?:replace|split|indexOf|includes|match|endsWith|slice)\((?:\/\^?|['"`])[@#]/
  expect(product.filter((file) => made.test(textOf.get(file)!))).toEqual(['runner/result/ids.ts'])
  expect(product.filter((file) => parsed.test(textOf.get(file)!))).toEqual([])
})
