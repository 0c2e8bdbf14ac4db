import { z } from 'zod'
import { POINTER } from '../../apps/json-difference.ts'
import { UserError } from './errors.ts'
import { readJsonFile } from './json-file.ts'

const LONGEST_BODY = 1024 * 1024
const headers = z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().regex(/^[^\r\n]*$/)).default({})

/** One request of the user's own, and the answer that alone counts as right. */
export const OwnEndpoint = z.strictObject({
  /** Its name in tables and files. */
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  request: z.strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
    path: z.string().regex(/^\/[^\s]*$/),
    headers,
    body: z.string().max(LONGEST_BODY).optional(),
  }),
  expect: z
    .strictObject({
      status: z.int().min(200).max(599).default(200),
      /** That have to be there with exactly these values; others may be there too. */
      headers,
      /** Every byte of the body. */
      body: z.string().max(LONGEST_BODY).optional(),
      /** In place of the bytes: what the body says as JSON, in whatever order and white space. */
      json: z.unknown().optional(),
      /** Places in it whose values are not looked at, as JSON Pointers (RFC 6901), `*` for every item: they only have to be there. */
      mayChange: z.array(z.string().regex(POINTER)).default([]),
    })
    .refine(({ body, json }) => (body === undefined) !== (json === undefined), 'needs body or json, one of them')
    .refine(({ json, mayChange }) => json !== undefined || mayChange.length === 0, 'mayChange is about json'),
})
export type OwnEndpoint = z.output<typeof OwnEndpoint>

export const EndpointsFile = z.strictObject({
  /** For editors. */
  $schema: z.string().optional(),
  endpoints: z.array(OwnEndpoint).min(1).max(40),
})

/** @throws UserError `endpoints-broken` with line and field of a mistake */
export function readEndpointsFile(path: string): OwnEndpoint[] {
  const hint = 'docs/any-server.md has an example, and examples/endpoints.schema.json tells editors what belongs there'
  const { endpoints } = readJsonFile(path, EndpointsFile, { code: 'endpoints-broken', hint })
  const twice = endpoints.find(({ id }, index) => endpoints.findIndex((one) => one.id === id) < index)
  if (twice === undefined) return endpoints
  throw new UserError('endpoints-broken', `${path}: two endpoints are called ${twice.id}`, { hint })
}
