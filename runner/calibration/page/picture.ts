import { pictureTag } from '../../report/charts/picture.ts'
import { renderSvg } from '../../report/charts/render-svg.ts'
import { themes } from '../../report/charts/theme.ts'
import type { Chart } from './section.ts'

/** Folder of the charts, beside the page. */
const FOLDER = 'calibration'

/** The chart in the page. */
export function picture({ name, alt }: Chart): string {
  return pictureTag(`${FOLDER}/${name}`, alt)
}

/** The files of a chart; paths are relative to the folder of the page. */
export async function pictureFiles({ name, spec }: Chart): Promise<{ path: string; text: string }[]> {
  const files = themes.map(async (theme) => ({ path: `${FOLDER}/${name}-${theme.name}.svg`, text: await renderSvg(spec, theme) }))
  return Promise.all(files)
}
