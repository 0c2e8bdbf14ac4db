/** What a session holds here: a counter, as in the examples of every session middleware. */
export interface Session {
  views?: number
}

/**
 * A session in the value of a cookie, as cookie-session and koa-session keep it: JSON in base64. For frameworks that can sign cookies,
 * and leave the rest to their users.
 * @param value of a cookie whose signature holds; null: none came
 */
export function readSession(value: string | null): Session {
  return value === null ? {} : (JSON.parse(Buffer.from(value, 'base64').toString('utf8')) as Session)
}

export function writeSession(session: Session): string {
  return Buffer.from(JSON.stringify(session)).toString('base64')
}
