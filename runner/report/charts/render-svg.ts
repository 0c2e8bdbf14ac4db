import * as vega from 'vega'
import { compile } from 'vega-lite'
import { displayWidth } from '../../result/plain-text.ts'
import { escapeHtml } from '../escape-html.ts'
import type { ChartSpec } from './marks.ts'
import { chartConfig, FONT, type Theme, themes } from './theme.ts'

/** Vega's own place for a function that measures texts; its types do not tell of it. */
const { textMetrics } = vega as unknown as {
  textMetrics: { width: (item: { fontSize?: number }, text: unknown) => number }
}
const DEFAULT_FONT_SIZE = 11

/**
 * The chart as a standalone SVG with transparent background. The same spec and theme give the same bytes on every machine: texts are
 * measured by a table, not by fonts. Nothing is loaded: a spec that names a URL is an error.
 * @param warn is told what vega-lite finds odd about the spec
 * @throws Error when the spec cannot be drawn
 */
export async function renderSvg(spec: ChartSpec, theme: Theme, warn: (message: string) => void = () => {}): Promise<string> {
  textMetrics.width = ({ fontSize = DEFAULT_FONT_SIZE }, text) => textWidth(String(text ?? ''), fontSize)
  const logger = quietLogger(warn)
  const { spec: compiled } = compile(spec, { config: chartConfig(theme), logger })
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', loader: loadsNothing, logger })
  try {
    const description = typeof spec.description === 'string' ? spec.description : ''
    return `${tidySvg(await view.toSVG(), FONT, description)}\n`
  } finally {
    view.finalize()
  }
}

/** The chart in every theme: `<name>-light.svg` and `<name>-dark.svg`. */
export async function renderThemes(name: string, spec: ChartSpec): Promise<{ name: string; text: string }[]> {
  return Promise.all(themes.map(async (theme) => ({ name: `${name}-${theme.name}.svg`, text: await renderSvg(spec, theme) })))
}

const refuse = (what: string) => Promise.reject(new Error(`a chart loads nothing, not even ${what}`))
const loadsNothing: vega.Loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse }

/** Errors are thrown; all else that vega and vega-lite have to say is a warning. */
function quietLogger(warn: (message: string) => void): vega.LoggerInterface {
  const logger: vega.LoggerInterface = {
    level: (() => vega.Warn) as vega.LoggerInterface['level'],
    error: (...parts) => {
      throw parts[0] instanceof Error ? parts[0] : new Error(parts.join(' '))
    },
    warn: (...parts) => {
      warn(parts.join(' '))
      return logger
    },
    info: () => logger,
    debug: () => logger,
  }
  return logger
}

/** Widths in a wide sans serif font (DejaVu Sans), as a share of the font size: the reader's font is not known, most are narrower. */
const classes: readonly { readonly letters: RegExp; readonly width: number }[] = [
  { letters: /[ijl.,:;'|! ·]/, width: 0.32 },
  { letters: /[ftrI()[\]/\\-]/, width: 0.4 },
  { letters: /[mwMW%@—]/, width: 0.98 },
  { letters: /[+±×÷=<>]/, width: 0.84 },
  { letters: /[A-Z]/, width: 0.74 },
  { letters: /[a-z0-9–µ]/, width: 0.64 },
]
const OTHER = 0.75

/**
 * Pixels that a text takes at most in the usual sans serif fonts. Nothing on this machine is asked, so a chart is laid out alike
 * everywhere.
 */
export function textWidth(text: string, fontSize: number): number {
  let width = 0
  for (const letter of text) {
    const columns = displayWidth(letter)
    width += columns === 2 ? 1 : columns * (classes.find(({ letters }) => letters.test(letter))?.width ?? OTHER)
  }
  return width * fontSize
}

const TAG = /<[a-z][^<>]*>/gi
const GEOMETRY = / (d|transform|x|y|x1|y1|x2|y2|width|height|viewBox)="([^"]*)"/g
/** Backgrounds and foregrounds of groups that nothing is drawn on. */
const EMPTY_PATH = /<path class="(?:background|foreground)"(?![^<>]* (?:fill|stroke)=")[^<>]*\/>/g
/** Also what describes parts of the picture: it is one image, with a name of its own. */
const SAYS_NOTHING = new RegExp(
  [
    'aria-hidden="true"|pointer-events="none"|opacity="1"|version="1\\.1"|xmlns:xlink="[^"]*"',
    'role="graphics-[^"]*"|aria-roledescription="[^"]*"|class="[^"]*role-(?!mark|title)[^"]*"',
  ]
    .map((attributes) => ` (?:${attributes})`)
    .join('|'),
  'g',
)

/**
 * The SVG that vega writes, without what says nothing: for files that are kept in a repository. Coordinates keep two decimals, ids
 * are numbered again from 1, the font is told once. Texts are not touched.
 * @param description read aloud in place of the picture
 */
export function tidySvg(svg: string, font: string, description: string): string {
  const ids = new Map<string, string>()
  const renamed = (id: string) => {
    if (!ids.has(id)) ids.set(id, `clip${ids.size + 1}`)
    return ids.get(id)!
  }
  return svg
    .replace(EMPTY_PATH, '')
    .replace(TAG, (tag) =>
      tag
        .replaceAll(` font-family="${font}"`, '')
        .replace(SAYS_NOTHING, '')
        .replace(GEOMETRY, (_, name, value) => ` ${name}="${rounded(value)}"`)
        .replace(/(id="|url\(#)(clip\d+)/g, (_, before, id) => before + renamed(id)),
    )
    .replace('<svg ', () => `<svg role="img" aria-label="${escapeHtml(description)}" font-family="${escapeHtml(font)}" `)
    .replace(/<g><\/g>/g, '')
}

function rounded(geometry: string): string {
  return geometry.replace(/-?\d+\.\d+(e-?\d+)?/g, (number) => {
    const short = Number(Number(number).toFixed(2))
    return String(short === 0 ? 0 : short)
  })
}
