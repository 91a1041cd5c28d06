import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SeededRandom } from '#modules/kernel/random'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** Between the first sign of life and the kill, at most. */
const LIFE_MS = 300
const START_MS = 20_000

export type CrashPlan = {
  readonly logDir: string
  readonly historyDir: string
  readonly organisationId: string
  /** Collectors and settlers killed, one of each a round. */
  readonly rounds: number
  readonly seed: number
}
export type CrashReport = {
  readonly histories: string[]
  readonly kills: { collectors: number; settlers: number }
}

/**
 * Kills a collector and a settler with SIGKILL, `rounds` times, at random moments of their lives, and starts new ones
 * in between; a second settler outlives each round, so two are at work most of the time. When it returns all are dead.
 *
 * @throws Error when a child ends by itself or never shows a sign of life
 */
export async function killInRounds(plan: CrashPlan): Promise<CrashReport> {
  const random = new SeededRandom(plan.seed)
  const kills = { collectors: 0, settlers: 0 }
  const histories: string[] = []
  let survivor = startSettler(plan, 'first', random)
  try {
    for (let round = 0; round < plan.rounds; round++) {
      const collector = startCollector(plan, round)
      const settler = startSettler(plan, String(round), random)
      histories.push(collector.signFile)
      await signOfLife(collector)
      await signOfLife(survivor)
      await pause(random.uint32() % LIFE_MS)
      const victims = [survivor, collector]
      if (random.uint32() & 1) victims.reverse()
      for (const victim of victims) {
        await killNow(victim)
        await pause(random.uint32() % 20)
      }
      kills.collectors += 1
      kills.settlers += 1
      survivor = settler
    }
    await killNow(survivor)
  } finally {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  }
  return { histories, kills }
}

/** A child and the file that it first writes when it has done something. */
type Child = { readonly process: ChildProcess; readonly signFile: string }

function startCollector(plan: CrashPlan, round: number): Child {
  const signFile = join(plan.historyDir, `${round}.txt`)
  return { process: start('collector.ts', [plan.logDir, plan.organisationId, signFile]), signFile }
}

function startSettler(plan: CrashPlan, name: string, random: SeededRandom): Child {
  const signFile = join(plan.historyDir, `settler-${name}`)
  return {
    process: start('settler.ts', [plan.logDir, String(20 + (random.uint32() % 300)), signFile]),
    signFile,
  }
}

/** All that were started and may live: none may outlive the driver. */
const children: ChildProcess[] = []

function start(script: string, args: readonly string[]): ChildProcess {
  const file = join(ROOT, 'tests/support/crash', script)
  const child = spawn(process.execPath, ['--import=@poppinss/ts-exec', file, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  children.push(child)
  return child
}

async function signOfLife({ process: child, signFile }: Child): Promise<void> {
  const until = Date.now() + START_MS
  while (!existsSync(signFile) || statSync(signFile).size === 0) {
    if (child.exitCode !== null) throw new Error(`${signFile}: ended by itself with ${child.exitCode}`)
    if (Date.now() > until) throw new Error(`${signFile}: nothing was done in ${START_MS} ms`)
    await pause(5)
  }
}

async function killNow({ process: child, signFile }: Child): Promise<void> {
  if (child.exitCode !== null) throw new Error(`${signFile}: ended by itself with ${child.exitCode}`)
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
