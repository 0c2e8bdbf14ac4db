import { describe, expect, test } from 'vitest'
import { fixtureParts, identicalPart, warmUpPart } from '../../fixtures/fixture-parts.ts'
import { hostileTitle } from '../../fixtures/fixture-result.ts'
import { CalibrationPart } from './data.ts'
import { renderCalibrationPage } from './page.ts'

const pageOf = async (parts: readonly CalibrationPart[]) => (await renderCalibrationPage(parts))[0]!.text

test('the made-up parts are parts', () => {
  for (const part of fixtureParts()) expect(CalibrationPart.parse(part)).toEqual(part)
})

describe('the page of all parts', async () => {
  const files = await renderCalibrationPage(fixtureParts())
  const page = files[0]!.text

  test('is calibration.md, and every chart it shows is there in both themes, and no other', () => {
    expect(files[0]!.path).toBe('calibration.md')
    const shown = [...page.matchAll(/(?:srcset|src)="([^"]+)"/g)].map(([, path]) => path)
    expect(shown).toHaveLength(2 * 14)
    expect(
      files
        .slice(1)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(shown.sort())
    for (const { path, text } of files.slice(1)) {
      expect(path).toMatch(/^calibration\/[a-z0-9-]+-(light|dark)\.svg$/)
      expect(text).toMatch(/^<svg role="img".*<\/svg>\n$/s)
      expect(text).not.toMatch(/NaN|Infinity|undefined/)
    }
  })

  test('has the same bytes for the same data, in any order of the parts', async () => {
    expect(await renderCalibrationPage(fixtureParts().reverse())).toEqual(files)
  })

  test('begins with all goals', () => {
    const goals = page
      .slice(page.indexOf('## Goals'), page.indexOf('## From outside'))
      .match(/\| (met|not met|not measured) \|$/gm)
    expect(goals).toEqual(
      [
        'not met',
        'not met',
        'met',
        'not met',
        'met',
        'met',
        'met',
        'met',
        'met',
        'met',
        'met',
        'met',
        'met',
        'not met',
        'met',
        'met',
        'not measured',
      ].map((outcome) => `| ${outcome} |`),
    )
  })

  test('says how each part was measured, which goals were missed, and where the precision log is', () => {
    expect(
      page.match(/^How it was measured: .*commit f144c75aaaaa; Node 24\.21\.0; Example CPU @ 2\.50GHz, 2 CPUs/gm),
    ).toHaveLength(9)
    expect(page).toContain('- Goal not met: identical servers come out within ±0.4 % of each other')
    expect(page).toContain('[precision log](precision-log.md)')
  })

  test('every row of a table has as many columns as its head', () => {
    for (const table of page.split('\n\n').filter((block) => block.startsWith('| '))) {
      expect(new Set(table.split('\n').map((line) => line.split('|').length)).size, table).toBe(1)
    }
  })

  test('no number is missing', () => expect(page).not.toMatch(/NaN|undefined|null|Infinity/))
})

test('without any part the page says so, and no goal is met', async () => {
  const files = await renderCalibrationPage([])
  expect(files).toHaveLength(1)
  expect(files[0]!.text.match(/Not measured yet: `npm run calibrate -- --parts [a-z-]+`\.$/gm)).toHaveLength(9)
  expect(files[0]!.text).not.toMatch(/\| (met|not met) \|/)
})

test('a part with nothing in it says so', async () => {
  const page = await pageOf([{ ...identicalPart(), runs: [] }])
  expect(page).toContain(
    'Started on 2026-11-21, but too little was finished to say anything: `npm run calibrate -- --parts identical`.',
  )
})

test('a part that was cut short says so; parts of other commits and machines are told', async () => {
  const [one, other] = [identicalPart(), warmUpPart()]
  const cut = { ...one, head: { ...one.head, cutShort: true } }
  expect(await pageOf([cut])).toContain('- This part was cut short, and is based on what was finished by then.')
  expect(await pageOf([one, other])).not.toContain('The parts were measured')
  const elsewhere = { ...other, head: { ...other.head, commit: null, cpuModel: 'Other CPU' } }
  expect(await pageOf([one, elsewhere])).toContain('measured on different commits and on different machines or versions of Node;')
})

test('strange texts from the data open no tag, no column, no link and no line', async () => {
  const strange = `${hostileTitle}\n\n# [x](http://evil)`
  const files = await renderCalibrationPage(fixtureParts().map((part) => CalibrationPart.parse(withStrangeTexts(part, strange))))
  const page = files[0]!.text
  expect(page).not.toMatch(/<script|^# \[/m)
  // Markdown is not read within a picture.
  expect(page.replace(/<picture>.*?<\/picture>/gs, '')).not.toMatch(/[^\\]\[x\]\(/)
  expect(page).not.toContain('\u001b')
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&#124;')
  for (const table of page.split('\n\n').filter((block) => block.startsWith('| '))) {
    expect(new Set(table.split('\n').map((line) => line.split('|').length)).size, table).toBe(1)
  }
  for (const { path, text } of files.slice(1)) {
    expect(text).not.toContain('<script')
    expect(text).not.toContain('\u001b')
    expect(path).toMatch(/^calibration\/[a-z0-9-]+\.svg$/)
  }
})

/** Every text that is no word of the format itself gets the strange text in front, names of servers in records too. */
function withStrangeTexts(value: unknown, strange: string): unknown {
  const kept = new Set(['part', 'startedAt', 'finishedAt', 'verdict', 'id'])
  if (typeof value === 'string') return `${strange} ${value}`
  if (Array.isArray(value)) return value.map((one) => withStrangeTexts(one, strange))
  if (value === null || typeof value !== 'object') return value
  const isRecord = 'node-http' in value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      isRecord ? `${strange} ${key}` : key,
      kept.has(key) ? one : withStrangeTexts(one, strange),
    ]),
  )
}
