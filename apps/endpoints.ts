/** What is requested, in the order in which it is reported: from no work of one's own to a lot of it. */
export const endpointIds = ['hello', 'template', 'table', 'lookup'] as const

export type EndpointId = (typeof endpointIds)[number]

/** The path of each endpoint; all of them are requested with GET. */
export const endpointPaths: Readonly<Record<EndpointId, string>> = {
  hello: '/hello',
  template: '/template',
  table: '/table',
  lookup: '/lookup',
}
