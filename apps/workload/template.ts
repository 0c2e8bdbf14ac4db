import { Eta } from 'eta'

const eta = new Eta({ autoEscape: true })

// Compiled once, when the server starts: templates in production are not parsed per request.
const page = eta.compile(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Hello</title></head>
<body>
<h1>Hello, <%= it.name %>!</h1>
</body>
</html>
`)

// The ampersand makes every page prove that names are escaped.
const visitor = { name: 'Ada & Grace' }

/** Renders one name into a small HTML page. */
export function template(): string {
  return eta.render(page, visitor)
}
