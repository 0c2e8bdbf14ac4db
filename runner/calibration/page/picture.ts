import { renderSvg } from '../../report/charts/render-svg.ts'
import { themes } from '../../report/charts/theme.ts'
import { escapeHtml } from '../../report/escape-html.ts'
import type { Chart } from './section.ts'

/** Folder of the charts, beside the page. */
const FOLDER = 'calibration'

/** The chart in the page: the reader's theme decides which file is shown. */
export function picture({ name, alt }: Chart): string {
  return [
    '<picture>',
    `  <source media="(prefers-color-scheme: dark)" srcset="${FOLDER}/${name}-dark.svg">`,
    `  <img alt="${escapeHtml(alt)}" src="${FOLDER}/${name}-light.svg">`,
    '</picture>',
  ].join('\n')
}

/** The files of a chart; paths are relative to the folder of the page. */
export async function pictureFiles({ name, spec }: Chart): Promise<{ path: string; text: string }[]> {
  const files = themes.map(async (theme) => ({ path: `${FOLDER}/${name}-${theme.name}.svg`, text: await renderSvg(spec, theme) }))
  return Promise.all(files)
}
