import { pictureTag } from '../../report/charts/picture.ts'
import { renderThemes } from '../../report/charts/render-svg.ts'
import type { Chart } from './section.ts'

/** Folder of the charts, beside the page. */
const FOLDER = 'calibration'

/** The chart in the page. */
export function picture({ name, alt }: Chart): string {
  return pictureTag(`${FOLDER}/${name}`, alt)
}

/** The files of a chart; paths are relative to the folder of the page. */
export async function pictureFiles({ name, spec }: Chart): Promise<{ path: string; text: string }[]> {
  return (await renderThemes(name, spec)).map((file) => ({ path: `${FOLDER}/${file.name}`, text: file.text }))
}
