import type { EdgeRoute } from '#modules/kernel/edge'

export type Found =
  | { readonly type: 'route'; readonly route: EdgeRoute; readonly params: Readonly<Record<string, string>> }
  | { readonly type: 'method'; readonly allow: string }
  | { readonly type: 'undecodable' }

type Shape = {
  readonly segments: readonly string[]
  readonly methods: Map<string, EdgeRoute>
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({})

/**
 * Finds the edge route of a path: exact paths by one look-up, patterns by their number of segments. `HEAD` finds
 * the `GET` route. Percent-encoding is decoded in parameters only, so an encoded slash stays inside its segment.
 */
export class RouteTable {
  private readonly exact = new Map<string, Shape>()
  private readonly patterns = new Map<number, Shape[]>()

  /** @throws RangeError when two routes share method and path */
  constructor(readonly routes: readonly EdgeRoute[]) {
    for (const route of routes) this.add(route)
  }

  /** Null when no edge route has this path. */
  find(method: string, path: string): Found | null {
    const exact = this.exact.get(path)
    if (exact) return this.ofMethod(exact, method, NO_PARAMS)
    const segments = path.split('/')
    for (const shape of this.patterns.get(segments.length) ?? []) {
      if (!fits(shape.segments, segments)) continue
      const params = decoded(shape.segments, segments)
      return params === null ? { type: 'undecodable' } : this.ofMethod(shape, method, params)
    }
    return null
  }

  private ofMethod(shape: Shape, method: string, params: Readonly<Record<string, string>>): Found {
    const route = shape.methods.get(method === 'HEAD' ? 'GET' : method)
    if (route) return { type: 'route', route, params }
    const allowed = [...shape.methods.keys()].flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]))
    return { type: 'method', allow: allowed.join(', ') }
  }

  private add(route: EdgeRoute): void {
    const shape = this.shapeOf(route.path)
    if (shape.methods.has(route.method)) {
      throw new RangeError(`${route.method} ${route.path} is mounted twice`)
    }
    shape.methods.set(route.method, route)
  }

  private shapeOf(path: string): Shape {
    const segments = path.split('/')
    if (!segments.some((segment) => segment.startsWith(':'))) {
      const known = this.exact.get(path) ?? { segments, methods: new Map() }
      this.exact.set(path, known)
      return known
    }
    const sameLength = this.patterns.get(segments.length) ?? []
    this.patterns.set(segments.length, sameLength)
    const known = sameLength.find((shape) => shape.segments.join('/') === path)
    if (known) return known
    const shape = { segments, methods: new Map<string, EdgeRoute>() }
    sameLength.push(shape)
    return shape
  }
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  for (const [index, wanted] of pattern.entries()) {
    if (wanted.startsWith(':') ? segments[index] === '' : wanted !== segments[index]) return false
  }
  return true
}

/** Null when a parameter is not valid percent-encoded UTF-8. */
function decoded(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = Object.create(null)
  for (const [index, wanted] of pattern.entries()) {
    if (!wanted.startsWith(':')) continue
    const raw = segments[index]!
    try {
      params[wanted.slice(1)] = raw.includes('%') ? decodeURIComponent(raw) : raw
    } catch {
      return null // URIError is the only thing that decodeURIComponent throws
    }
  }
  return params
}
