/** Progress on the console: a spinner with the time on a terminal, plain lines elsewhere. */
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100
const PLAIN_AFTER_MS = 1_500 // without a terminal a step is announced once it turns out to take a while

const tty = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
const colours = tty && !process.env.NO_COLOR
const paint = (code) => (text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
export const dim = paint(2)
export const bold = paint(1)
export const green = paint(32)
export const red = paint(31)
export const yellow = paint(33)

const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`

let clearLine = () => undefined

/** Prints a line without tearing the spinner. */
export function say(text) {
  clearLine()
  console.log(text)
}

/** Same on stderr. */
export function warn(text) {
  clearLine()
  console.error(text)
}

/**
 * Runs one step and shows it.
 * @template T
 * @param {string} title what is being done, as a noun phrase
 * @param {(note: (text: string) => void) => Promise<T>} work `note` changes what stands behind the title
 * @returns {Promise<T>} what `work` returned; its error passes through after the step is marked as failed
 */
export async function step(title, work) {
  const begun = performance.now()
  let detail = ''
  const stop = show(() => `${title}${detail && dim(` ${detail}`)}`, begun)
  try {
    const result = await work((text) => {
      detail = text
    })
    stop()
    console.log(`${green('✔')} ${title}${detail && ` ${detail}`} ${dim(seconds(performance.now() - begun))}`)
    return result
  } catch (error) {
    stop()
    console.log(`${red('✖')} ${title} ${dim(seconds(performance.now() - begun))}`)
    throw error
  }
}

function show(text, begun) {
  if (!tty) {
    const timer = setTimeout(() => console.log(`… ${text()}`), PLAIN_AFTER_MS)
    return () => clearTimeout(timer)
  }
  let frame = 0
  const draw = () => {
    const line = `${FRAMES[frame++ % FRAMES.length]} ${text()} ${dim(seconds(performance.now() - begun))}`
    process.stdout.write(`\r\u001b[K${line}`)
  }
  clearLine = () => process.stdout.write('\r\u001b[K')
  const timer = setInterval(draw, FRAME_MS)
  draw()
  return () => {
    clearInterval(timer)
    clearLine()
    clearLine = () => undefined
  }
}
