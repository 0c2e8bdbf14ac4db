/** What is behind the endpoints that are asked for by name only: routers, parsers and serialisers at work. */
export interface MoreWorkload {
  /** An object for the framework to serialise, a new one each time. */
  order(): Order
  /** What the answer to `GET /users/:id?fields=a,b` says of its parameters. */
  user(id: string, fields: string): { readonly id: string; readonly fields: readonly string[] }
  /** Whether the body of a request has the shape of an order; what has it is sent back. */
  isOrder(body: unknown): body is Order
  /** The same shape as a JSON Schema, for frameworks that validate by one. */
  readonly orderSchema: object
  /** Paths of a hundred routes, the last of which is asked for. */
  readonly paths: readonly string[]
  /** What a route answers, by its path. */
  route(path: string): string
}

export interface Order {
  readonly id: number
  readonly customer: string
  readonly note: string
  readonly lines: readonly { readonly article: string; readonly pieces: number; readonly price: number }[]
}

const ROUTES = 100
const ARTICLES = ['bolts < 5 mm', '"special" nuts', 'washers', 'screws > 8 mm', 'hinges', 'hooks', 'nails', 'brackets']
const NOTE_BYTES = 560

const orderSchema = {
  type: 'object',
  required: ['id', 'customer', 'note', 'lines'],
  properties: {
    id: { type: 'number' },
    customer: { type: 'string' },
    note: { type: 'string' },
    lines: {
      type: 'array',
      items: {
        type: 'object',
        required: ['article', 'pieces', 'price'],
        properties: { article: { type: 'string' }, pieces: { type: 'number' }, price: { type: 'number' } },
      },
    },
  },
}

export const more: MoreWorkload = {
  orderSchema,
  order: () => ({
    id: 1001,
    customer: 'Ada & Grace',
    note: 'x'.repeat(NOTE_BYTES),
    lines: ARTICLES.map((article, index) => ({ article, pieces: 12 + index, price: 0.5 + index })),
  }),
  user: (id, fields) => ({ id, fields: fields.split(',') }),
  isOrder(body): body is Order {
    if (!isObject(body) || typeof body.id !== 'number' || typeof body.customer !== 'string' || typeof body.note !== 'string')
      return false
    return Array.isArray(body.lines) && body.lines.every(isLine)
  },
  paths: Array.from({ length: ROUTES }, (_, index) => `/routes/${index + 1}`),
  route: (path) => `route ${path}`,
}

function isLine(value: unknown): boolean {
  return (
    isObject(value) && typeof value.article === 'string' && typeof value.pieces === 'number' && typeof value.price === 'number'
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
