/*
 * Ids are made here and never taken apart: what an id stands for is looked up by the fields it was made from.
 */

/** The app of a run that a variant is: `koa@64`, or `koa` for the app as it is. */
export function variantId(app: string, key: string | null): string {
  return key === null ? app : `${app}@${key}`
}

/** A deployment of an app: `koa`, and `koa#2` for its second copy. Copies are counted from 1. */
export function copyId(app: string, copy: number): string {
  return copy === 1 ? app : `${app}#${copy}`
}
