import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { againstReference } from '../../analysis/relative.ts'
import { findChromium } from '../../fixtures/chromium.ts'
import { fixtureResult } from '../../fixtures/fixture-result.ts'
import { crowdedResult, withNoisyRounds } from '../../fixtures/fixture-rounds.ts'
import { formatInterval, formatValue } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import { renderReportPage } from './report-page.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const executablePath = findChromium()
const PHONE = { width: 390, height: 844 }
const DESK = { width: 1280, height: 900 }

describe.skipIf(executablePath === null)('the page in a browser (Chromium)', () => {
  const result = withNoisyRounds(fixtureResult())
  /** Drawing takes longer than most of what is looked at. */
  const drawn = new Map<Result, string>()
  let folder: string
  let browser: Browser
  /** One for all: another would be another process. */
  let page: Page
  let address = ''
  let noise: string[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'page-'))
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage()
    page.on('console', (message) => noise.push(message.text()))
    page.on('pageerror', (error) => noise.push(error.message))
    page.on('dialog', (dialog) => {
      noise.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      if (request.url() !== address && !request.url().startsWith('data:')) noise.push(request.url())
    })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  async function addressOf(shown: Result): Promise<string> {
    const known = drawn.get(shown)
    if (known !== undefined) return known
    const path = join(folder, `report-${drawn.size}.html`)
    drawn.set(shown, pathToFileURL(path).href)
    const distributions = [{ app: 'koa', endpoint: 'hello', slices: 3, costMicroseconds: [1, 2, 3, 4, 5] as const }]
    writeFileSync(path, await renderReportPage(shown, distributions))
    return pathToFileURL(path).href
  }

  /** Opens a run's page from disk, as for the first time; what it logs and asks for from then on is kept. */
  async function open(shown: Result, { viewport = DESK, colorScheme = 'light' as 'light' | 'dark' } = {}) {
    address = await addressOf(shown)
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme })
    noise = []
    await page.goto(address)
  }

  const shownRows = () => page.locator('#cells tbody tr:visible')
  const namesOf = async () => (await shownRows().locator('th').allInnerTexts()).map((text) => text.split('\n')[0]!.trim())

  it('is silent: no errors, no requests, no script of an app', async () => {
    await open(result)
    await page.selectOption('[name=reference]', 'koa')
    expect(noise).toEqual([])
    expect(await page.locator('#cells').innerText()).toContain('<script>alert(1)</script>')
  })

  it('sorts by a column, both ways, and says so', async () => {
    await open(result)
    const costs = async () =>
      await shownRows()
        .locator('[data-column=cost]')
        .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-sort'))))
    const head = page.locator('th[data-column=cost]')
    await head.getByRole('button').click()
    const ascending = await costs()
    expect(ascending).toEqual(ascending.toSorted((a, b) => a - b))
    expect(await head.getAttribute('aria-sort')).toBe('ascending')
    await head.getByRole('button').click()
    expect(await costs()).toEqual(ascending.toReversed())
    expect(await head.getAttribute('aria-sort')).toBe('descending')
  })

  it('filters by endpoint and by name, and counts what is left', async () => {
    await open(result)
    expect(await shownRows().count()).toBe(10)
    await page.selectOption('[name=endpoint]', 'hello')
    expect(await shownRows().count()).toBe(5)
    await page.fill('[name=app]', 'KOA')
    expect(await namesOf()).toEqual(['Koa 3.3.0'])
    expect(await page.locator('#shown').innerText()).toBe('1 of 10 rows')
  })

  it('shows one kind of figure alone', async () => {
    await open(result)
    await page.selectOption('[name=metric]', 'memory')
    expect(await page.locator('#cells thead th:visible').allInnerTexts()).toEqual([
      'app',
      'endpoint',
      'rank',
      'memory MiB',
      'verdict',
    ])
  })

  it('takes any app as the reference, with the figures of the statistics module', async () => {
    await open(result)
    await page.selectOption('[name=reference]', 'hono')
    for (const { app, endpoint, ratio, overheadMicroseconds, tied } of againstReference(result, 'hono')) {
      const title = { 'node-http': 'node:http', fastify: 'fastify', hono: 'hono', koa: 'koa', evil: '<script>' }[app]!
      const row = page
        .locator(`tr[data-endpoint="${endpoint}"]`)
        .filter({ has: page.locator('th') })
        .filter({ hasText: new RegExp(`^${title.replace(/[<>]/g, '.')}`, 'i') })
      const ofColumn = async (column: string) =>
        (await row.locator(`[data-column=${column}]`).innerText()).replace(/\s+/g, ' ').trim()
      expect(await ofColumn('ratio'), `${app} ${endpoint}`).toBe(`${formatValue(ratio)} ${formatInterval(ratio)}`.trim())
      expect(await ofColumn('overhead')).toBe(
        `${formatValue(overheadMicroseconds)} ${formatInterval(overheadMicroseconds)}`.trim(),
      )
      expect(await row.evaluate((element) => element.classList.contains('tied'))).toBe(tied && app !== 'hono')
    }
    expect(await page.locator('th[data-column=ratio]').innerText()).toContain('ratio to hono')
    await page.selectOption('[name=reference]', 'node-http')
    expect(await page.locator('tr.tied').count()).toBe(0)
  })

  it('tells the raw figures when pointed at, and stops when told', async () => {
    await open(result)
    await page.locator('td[data-column=cost]').first().hover()
    expect(await page.locator('#tip').innerText()).toContain('95 % interval: ')
    await page.keyboard.press('Escape')
    expect(await page.locator('#tip').isVisible()).toBe(false)
  })

  it('can be read with the keyboard: arrows go from figure to figure', async () => {
    await open(result)
    await page.locator('[data-raw][tabindex="0"]').focus()
    const first = await page.locator('#tip').innerText()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('#tip').innerText()).not.toBe(first)
    expect(await page.locator('[data-raw][tabindex="0"]').count()).toBe(1)
  })

  it('keeps the verdict of a failed cell below its head when one figure is shown', async () => {
    await open(result, { viewport: PHONE })
    const place = async (selector: string) => (await page.locator(selector).boundingBox())!.x
    expect(await place('tr[data-endpoint=lookup]:has(td[colspan]) [data-column=verdict]')).toBeCloseTo(
      await place('th[data-column=verdict]'),
      0,
    )
  })

  it.each([
    ['light', DESK],
    ['dark', DESK],
    ['light', PHONE],
  ] as const)('is accessible and fits: %s, %o', async (colorScheme, viewport) => {
    await open(result, { viewport, colorScheme })
    await page.evaluate(AXE)
    // biome-ignore lint/suspicious/noExplicitAny: axe is a global of the page.
    const { violations } = await page.evaluate(() => (globalThis as any).axe.run())
    expect(violations.map((one: { id: string; nodes: { html: string }[] }) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([])
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width)
  })

  it('has other colours in the dark', async () => {
    const background = async (colorScheme: 'light' | 'dark') => {
      await open(result, { colorScheme })
      const colours = await page.evaluate<string[]>(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle([...document.querySelector('svg').querySelectorAll('.mark-symbol path')].at(-1)).fill]",
      )
      return colours
    }
    const [light, dark] = [await background('light'), await background('dark')]
    expect(light).toEqual(['rgb(255, 255, 255)', 'rgb(0, 114, 178)'])
    expect(dark).toEqual(['rgb(13, 17, 23)', 'rgb(86, 180, 233)'])
  })

  it('works with one app and with forty', async () => {
    for (const crowd of [crowdedResult(1), crowdedResult(40)]) {
      await open(crowd, { viewport: PHONE })
      expect(await shownRows().count()).toBe(crowd.cells.length)
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width)
      expect(noise).toEqual([])
    }
  })
})
