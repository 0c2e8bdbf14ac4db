import { renderSvg } from '../../report/charts/render-svg.ts'
import { light } from '../../report/charts/theme.ts'
import type { Section } from './section.ts'

/** For tests: the charts of a section in their order, in the light theme. @throws Error when vega finds a spec odd */
export function drawn({ body }: Section): Promise<string[]> {
  const charts = body?.blocks.filter((block) => typeof block !== 'string') ?? []
  return Promise.all(
    charts.map(({ name, spec }) =>
      renderSvg(spec, light, (message) => {
        throw new Error(`${name}: ${message}`)
      }),
    ),
  )
}
