import { basename } from 'node:path'
import { variantId } from '../result/ids.ts'

/** A shipped app against another version of its package: `express@4`, `koa@next`, `hono@file:../hono`. */
export interface PackageWish {
  /** Of the shipped app, and of its package: they have the same name. */
  readonly name: string
  /** As npm takes it after the `@`. */
  readonly specification: string
}

/** null: it is none, as a path or the name of an app. @param shipped apps that are made of a package */
export function readPackageWish(given: string, shipped: readonly string[]): PackageWish | null {
  const [, name = '', specification = ''] = /^([^@]+)@(.+)$/.exec(given) ?? []
  return shipped.includes(name) ? { name, specification } : null
}

/** How a wish is called in tables and names of files: `express@4`, `hono@hono-main` for a path. */
export function wishName({ name, specification }: PackageWish): string {
  return variantId(name, /^(file:|[./~])/.test(specification) ? basename(specification) : specification)
}
