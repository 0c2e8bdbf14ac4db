import { workload } from '../apps/workload/workload.ts'

const routes = {
  '/hello': ['text/plain; charset=utf-8', workload.hello],
  '/template': ['text/html; charset=utf-8', workload.template],
  '/table': ['text/html; charset=utf-8', workload.table],
  '/lookup': ['text/plain; charset=utf-8', workload.lookup],
}

/** The four endpoints as a function of a web-standard request, for Bun and Deno. */
export function answer(request) {
  const [type, work] = routes[new URL(request.url).pathname] ?? []
  if (work === undefined) return new Response('Not Found', { status: 404 })
  return new Response(work(), { headers: { 'Content-Type': type } })
}
