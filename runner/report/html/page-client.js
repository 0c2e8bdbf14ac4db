// Runs in the reader's browser: sorts and filters the table, puts another app in the baseline's place. It computes nothing: all
// figures were made by the suite's own statistics, and stand in the page.
const table = document.getElementById('cells')
const body = table.tBodies[0]
const rows = [...body.rows]
const views = JSON.parse(document.getElementById('views').textContent)
const control = (name) => document.querySelector(`[name=${name}]`)

/** Sort keys by row and column; what has no number comes last, whichever way. */
function sortBy(column, direction) {
  const key = (row) => row.querySelector(`[data-column=${column}]`)?.dataset.sort ?? ''
  const order = [...rows].sort((a, b) => {
    const [x, y] = [key(a), key(b)]
    if (x === '' || y === '') return Number(x === '') - Number(y === '')
    const difference = Number.isNaN(Number(x)) ? x.localeCompare(y) : Number(x) - Number(y)
    return direction * difference
  })
  for (const row of order) body.append(row)
  for (const head of table.tHead.rows[0].cells) {
    if (head.dataset.column === column) head.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending')
    else head.removeAttribute('aria-sort')
  }
}

let sorted = null
function resort() {
  if (sorted !== null) sortBy(sorted.column, sorted.direction)
}

table.tHead.addEventListener('click', (event) => {
  const head = event.target.closest('th')
  if (head === null || event.target.closest('button') === null) return
  const again = sorted !== null && sorted.column === head.dataset.column
  sorted = { column: head.dataset.column, direction: again ? -sorted.direction : 1 }
  resort()
})

function filter() {
  const endpoint = control('endpoint').value
  const text = control('app').value.trim().toLowerCase()
  let shown = 0
  for (const row of rows) {
    const visible = (endpoint === '' || row.dataset.endpoint === endpoint) && row.dataset.name.includes(text)
    row.hidden = !visible
    shown += visible ? 1 : 0
  }
  document.getElementById('shown').textContent = `${shown} of ${rows.length} rows`
}

function showMetric() {
  const metric = control('metric').value
  for (const place of table.querySelectorAll('[data-metric]')) {
    place.hidden = metric !== '' && place.dataset.metric !== metric
  }
  const figures = [...table.tHead.rows[0].cells].filter((head) => head.classList.contains('number') && !head.hidden).length
  for (const place of table.querySelectorAll('td[colspan]')) place.colSpan = figures
}

function fill(place, [main, interval, sort, raw]) {
  const figure = document.createElement('span')
  figure.className = 'figure'
  figure.textContent = main
  const around = document.createElement('span')
  around.className = 'interval'
  around.textContent = interval
  place.replaceChildren(figure, ' ', around)
  place.dataset.sort = sort
  if (raw === '') delete place.dataset.raw
  else place.dataset.raw = raw
}

/** Rows without a figure of their own (failed cells) stay as they are. */
function showReference() {
  const { name, cells } = views[control('reference').value]
  for (const place of document.querySelectorAll('.reference-name')) place.textContent = name
  rows.forEach((row, index) => {
    const ratio = row.querySelector('[data-column=ratio]')
    if (ratio === null) return
    const view = cells[index]
    fill(ratio, view === null ? ['–', '', '', ''] : view.ratio)
    fill(row.querySelector('[data-column=overhead]'), view === null ? ['–', '', '', ''] : view.overhead)
    row.classList.toggle('tied', view?.tied === true)
    row.querySelector('.remark').textContent = view?.tied ? 'cannot be told apart' : row.dataset.remark
  })
  resort()
}

const tip = document.getElementById('tip')
function showTip(place) {
  tip.textContent = place.dataset.raw
  tip.hidden = false
  const at = place.getBoundingClientRect()
  const size = tip.getBoundingClientRect()
  const below = at.bottom + size.height + 8 < window.innerHeight
  tip.style.left = `${Math.max(4, Math.min(at.left, window.innerWidth - size.width - 4))}px`
  tip.style.top = `${Math.max(4, below ? at.bottom + 4 : at.top - size.height - 4)}px`
}
const tell = (event) => {
  const place = event.target.closest?.('[data-raw]')
  if (place) showTip(place)
  else tip.hidden = true
}
/** One figure can be reached with the tab key, the others from it with the arrows. */
let reachable = null
function reach(place) {
  if (reachable !== null) reachable.tabIndex = -1
  reachable = place
  if (reachable !== null) reachable.tabIndex = 0
}
const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }
body.addEventListener('keydown', (event) => {
  const step = steps[event.key]
  const place = event.target.closest('[data-raw]')
  if (step === undefined || place === null) return
  event.preventDefault()
  const shown = [...body.rows].filter((row) => !row.hidden)
  const lines = shown.map((row) => [...row.querySelectorAll('[data-raw]')].filter(({ hidden }) => !hidden))
  const line = lines.findIndex((places) => places.includes(place))
  const next = lines[line + step[0]]?.[lines[line].indexOf(place) + step[1]]
  if (next === undefined) return
  reach(next)
  next.focus()
})

document.addEventListener('mouseover', tell)
document.addEventListener('focusin', tell)
document.addEventListener('click', tell)
document.addEventListener(
  'scroll',
  () => {
    tip.hidden = true
  },
  true,
)
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') tip.hidden = true
})

control('endpoint').addEventListener('change', filter)
control('app').addEventListener('input', filter)
control('metric').addEventListener('change', showMetric)
control('reference').addEventListener('change', showReference)
document.querySelector('.controls').addEventListener('submit', (event) => event.preventDefault())
document.querySelector('.controls').hidden = false
// A phone has room for one figure beside the names.
if (window.innerWidth < 640) control('metric').value = 'overhead'
showMetric()
filter()
for (const place of table.querySelectorAll('[data-raw]')) place.tabIndex = -1
reach(table.querySelector('[data-raw]:not([hidden])'))
