import type { Result } from './model.ts'
import { plainText } from './plain-text.ts'

const LONGEST_TITLE = 40
const LONGEST_VERSION = 24
const LONGEST_ID = 60

/** An app's id, safe to print. */
export function appId(id: string): string {
  return plainText(id, LONGEST_ID)
}

/** `Fastify 5.12.8`, `My server 1.0.0 (skeleton)`: the id is told when the title does not give it away. */
export function appName(result: Result, id: string): string {
  const facts = result.apps.find((app) => app.id === id)
  if (facts === undefined) return appId(id)
  const title = plainText(facts.title, LONGEST_TITLE)
  const name = facts.version === null ? title : `${title} ${plainText(facts.version, LONGEST_VERSION)}`
  return obviousId(facts.title) === id ? name : `${name} (${appId(id)})`
}

function obviousId(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
