import { z } from 'zod'

const MOST_TITLE_CHARACTERS = 60

/** Variables for a process, by name. */
export const Variables = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string())

/** As people write it. */
export const Title = z.string().min(1).max(MOST_TITLE_CHARACTERS)

/** An app of a comparison where there is more to say of it than its name or path. */
export const AppWish = z.strictObject({
  /** What --apps takes: an id, a version such as koa@2, a path. */
  app: z.string().min(1),
  /** In tables, in place of what it calls itself. */
  title: Title.optional(),
  /** Version of Node that runs it, as npm takes it; absent: the one that runs the suite. */
  node: z.string().min(1).optional(),
  /** Of Node, for this app alone, behind those of the run. */
  nodeFlags: z.array(z.string().regex(/^-/)).min(1).optional(),
  /** Beside the few variables that every server gets. */
  env: Variables.optional(),
})
export type AppWish = z.infer<typeof AppWish>

/** An app as it is asked for. */
export const AskedApp = z.union([z.string().min(1), AppWish])
export type AskedApp = z.infer<typeof AskedApp>

/** What --apps would say of it. */
export function nameOf(asked: AskedApp): string {
  return typeof asked === 'string' ? asked : asked.app
}
