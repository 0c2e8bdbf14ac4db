// The four endpoints on Deno's own server, with the suite's workload: HOST=127.0.0.1 PORT=3000 deno run --allow-all --node-modules-dir=manual server.js
import { answer } from '../answer.js'

if (Deno.args.includes('--describe')) {
  const version = Deno.version.deno
  console.log(JSON.stringify({ package: 'deno', version, runtime: `Deno ${version}` }))
} else {
  const socket = Deno.env.get('SOCKET')
  const place = socket ? { path: socket } : { hostname: Deno.env.get('HOST'), port: Number(Deno.env.get('PORT')) }
  Deno.serve({ ...place, onListen() {} }, answer)
}
