import { escapeHtml } from '../escape-html.ts'

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
