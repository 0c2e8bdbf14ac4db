import * as vega from 'vega'
import { compile } from 'vega-lite'
import type { ChartSpec } from './marks.ts'
import { textWidth } from './text-width.ts'
import { chartConfig, FONT, type Theme, themes } from './theme.ts'
import { tidySvg } from './tidy-svg.ts'

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
const loadsNothing: vega.Loader = {
  load: refuse,
  sanitize: refuse,
  http: refuse,
  file: refuse,
}

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
