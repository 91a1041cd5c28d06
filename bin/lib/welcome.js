/** What a person sees once the product serves. */
import { readJson } from './files.js'
import { bold, dim, green } from './steps.js'

const visible = (text) => text.replace(/\u001b\[\d+m/g, '').length

const NAME_WIDTH = 22
const LOGINS = ['admin', 'advertiser', 'publisher', 'auditor']

/** The lines of the box: where to go, and the demo's log-ins when a demo was seeded. */
export function welcome({ area, port, seconds }) {
  const url = `http://localhost:${port}`
  const demo = readJson(area.path('demo.json'))
  const lines = [
    `${green('●')} ${bold('Placard is serving')} ${dim(`after ${seconds.toFixed(1)} s`)}`,
    '',
    `${"A publisher's page".padEnd(NAME_WIDTH)}${bold(`${url}/demo`)}`,
    `${'Admin'.padEnd(NAME_WIDTH)}${bold(`${url}/login`)}`,
    `${'API'.padEnd(NAME_WIDTH)}${url}/api/v1/openapi.json`,
  ]
  const people = LOGINS.filter((role) => demo?.[role]?.email)
  if (people.length > 0) lines.push('')
  const widest = Math.max(0, ...people.map((role) => demo[role].email.length))
  for (const role of people) {
    const { email, password } = demo[role]
    lines.push(`${`Log in as ${role}`.padEnd(NAME_WIDTH)}${email.padEnd(widest)}  ${password}`)
  }
  lines.push(
    '',
    dim(
      `Ctrl-C stops it · ids, log-ins and token: storage/${area.name}/demo.json · log: storage/${area.name}/server.log`
    )
  )
  return box(lines)
}

function box(lines) {
  const width = Math.max(...lines.map(visible))
  const bar = '─'.repeat(width + 2)
  const rows = lines.map((line) => `│ ${line}${' '.repeat(width - visible(line))} │`)
  return ['', `╭${bar}╮`, ...rows, `╰${bar}╯`, ''].join('\n')
}
