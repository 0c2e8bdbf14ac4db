import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ResolvedApp } from './find-app.ts'
import { fillFolder, makePrivateFolder, removeFolder } from './private-folder.ts'

/** An app that is what a function of this project makes of another app, of some data, or of both. */
export interface AppRecipe {
  /** Also the name of its file: letters, digits and `.`, `-`, `_`, `+`, `@`. */
  readonly id: string
  /** Address of the module that exports the function. */
  readonly module: URL
  readonly name: string
  /** Its first argument, where it takes an app; imported by the generated module, so a stranger's will do. */
  readonly base?: ResolvedApp
  /** Further arguments, written as JSON. */
  readonly arguments?: readonly unknown[]
}

/** Modules in a private folder; `remove` takes it away again. */
export interface GeneratedApps {
  /** In the order of the recipes. */
  readonly apps: readonly ResolvedApp[]
  remove(): Promise<void>
}

/** Writes one tiny module per recipe: real apps, started like every other. */
export async function writeGeneratedApps(recipes: readonly AppRecipe[]): Promise<GeneratedApps> {
  const folder = makePrivateFolder()
  const remove = async () => removeFolder(folder)
  try {
    fillFolder(folder, new Map(recipes.map((recipe) => [`${recipe.id}.mjs`, moduleText(recipe)])))
  } catch (error) {
    await remove()
    throw error
  }
  const apps = recipes.map(({ id }) => ({ id, modulePath: join(folder, `${id}.mjs`), given: id, insideProject: true }))
  return { apps, remove }
}

/** Absolute addresses: the folder is nowhere near the project. */
function moduleText({ base, module, name, arguments: further = [] }: AppRecipe): string {
  const imports = [
    ...(base === undefined ? [] : [`import base from ${JSON.stringify(pathToFileURL(base.modulePath).href)}`]),
    `import { ${name} as make } from ${JSON.stringify(module.href)}`,
  ]
  const values = [...(base === undefined ? [] : ['base']), ...further.map((value) => JSON.stringify(value))]
  return `${imports.join('\n')}\n\nexport default make(${values.join(', ')})\n`
}
