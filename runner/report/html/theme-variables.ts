import { dark, light, type Theme } from '../charts/theme.ts'

/** Colours of a theme by the names that the page's style sheet uses. */
function variables(theme: Theme): [name: string, colour: string][] {
  const { text, muted, grid, line, series } = theme
  return [
    ...Object.entries({ text, muted, grid, line }),
    ...series.map((colour, index): [string, string] => [`series-${index + 1}`, colour]),
  ]
}

/** The themes of the charts as custom properties: the reader's preference decides. */
export function themeStyle(): string {
  const block = (theme: Theme) =>
    `:root { ${variables(theme)
      .map(([name, colour]) => `--${name}: ${colour};`)
      .join(' ')} }`
  return `${block(light)}\n@media (prefers-color-scheme: dark) { ${block(dark)} }\n`
}

/**
 * A chart in the light theme as a part of the page: its colours become custom properties, so that one picture serves both themes.
 * @param name makes the ids of this chart unlike those of others
 */
export function inlineSvg(svg: string, name: string): string {
  const byColour = new Map(variables(light).map(([variable, colour]) => [colour, variable]))
  return svg
    .replace(/"(#[0-9a-f]{6})"/g, (whole, colour: string) => {
      const variable = byColour.get(colour)
      return variable === undefined ? whole : `"var(--${variable})"`
    })
    .replace(/(id="|url\(#)(clip\d+)/g, (_, before: string, id: string) => `${before}${name}-${id}`)
    .trim()
}
