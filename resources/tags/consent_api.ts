/** Finds a consent platform's function on the page, or above it across origins, and calls it. */

/** What all three APIs hand to a callback; the fields are read with care, since platforms differ. */
export type Reply = Readonly<Record<string, unknown>> | null | undefined
type Callback = (data: Reply, success?: boolean) => void
/** `version` is what the API wants: 2 for TCF, '1.1' for GPP, 1 for US Privacy. */
export type ConsentApi = (
  command: string,
  version: number | string,
  done: Callback,
  parameter?: unknown
) => void
export type ApiName = '__tcfapi' | '__gpp' | '__uspapi'
type ApiFunction = (...parameters: unknown[]) => unknown

/** The name that each API has in messages, and of the frame that says where it is. */
const MESSAGE: Record<ApiName, string> = { __tcfapi: '__tcfapi', __gpp: '__gpp', __uspapi: '__uspapi' }
let calls = 0

/** The API as it is there now: a function of this page, or a locator frame of a page around it; null without either. */
export function findApi(name: ApiName): ConsentApi | null {
  const own = (window as unknown as Record<string, unknown>)[name]
  if (typeof own === 'function') return ownApi(name, own as ApiFunction)
  const locator = `${MESSAGE[name]}Locator`
  for (let frame: Window = window; ; frame = frame.parent) {
    if (hasFrame(frame, locator)) return frameApi(MESSAGE[name], frame)
    if (frame === frame.parent) return null
  }
}

/** GPP has its callback second, the others third. @source IAB GPP CMP API 1.1; TCF CMP API 2; US Privacy User Signal API */
function ownApi(name: ApiName, api: ApiFunction): ConsentApi {
  if (name === '__gpp') {
    return (command, version, done, parameter) => void api(command, done, parameter, version)
  }
  return (command, version, done, parameter) => void api(command, version, done, parameter)
}

function hasFrame(frame: Window, locator: string): boolean {
  try {
    return !!(frame.frames as unknown as Record<string, unknown>)[locator]
  } catch {
    return false // another origin, which has no frame of this name
  }
}

/** Calls by message. A listener of the platform answers many times, so the receiver stays. */
function frameApi(prefix: string, target: Window): ConsentApi {
  return (command, version, done, parameter) => {
    const callId = `placard-${++calls}`
    window.addEventListener('message', ({ data, source }) => {
      if (source !== target) return
      const answer = replyOf(data, `${prefix}Return`)
      if (answer?.callId === callId) done(answer.returnValue as Reply, answer.success as boolean | undefined)
    })
    target.postMessage({ [`${prefix}Call`]: { command, version, parameter, callId } }, '*')
  }
}

/** Some platforms answer with JSON text. */
function replyOf(data: unknown, key: string): Reply {
  let message = data
  if (typeof data === 'string') {
    if (!data.includes(key)) return null
    try {
      message = JSON.parse(data)
    } catch {
      return null // a message of somebody else
    }
  }
  return (message as Record<string, Reply> | null)?.[key]
}
