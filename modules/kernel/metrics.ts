/**
 * Prometheus metrics of this process. Label values are words of a fixed vocabulary (`impression`, `ok`), never ids:
 * a metric that grows beyond `MAX_SERIES` folds what is new into the series `other`.
 * @source Prometheus text exposition format 0.0.4
 */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
/** Series of one metric; more means that somebody labels by an id. */
export const MAX_SERIES = 200
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** One line of a counter or a gauge. Hold on to it on a hot path: `inc` is one addition. */
export class Series {
  value = 0
  inc(by = 1): void {
    this.value += by
  }
  set(value: number): void {
    this.value = value
  }
}

/** Counts of observations up to each bound, their sum and their number. */
export class HistogramSeries {
  readonly counts: Float64Array
  sum = 0
  total = 0
  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length)
  }
  observe(value: number): void {
    for (let index = 0; index < this.bounds.length; index++) {
      if (value <= this.bounds[index]!) {
        this.counts[index]! += 1
        break
      }
    }
    this.sum += value
    this.total += 1
  }
}

/** Label values joined into one key: the vocabulary is small, so the map stays small. */
abstract class Family<S> {
  private readonly series = new Map<string, S>()
  abstract readonly type: 'counter' | 'gauge' | 'histogram'
  constructor(
    readonly name: string,
    readonly help: string,
    readonly labelNames: readonly string[]
  ) {
    for (const word of [name, ...labelNames]) {
      if (!NAME.test(word)) throw new RangeError(`${word} is not a metric or label name`)
    }
  }
  protected abstract make(): S
  protected abstract lines(labels: string, series: S): string

  /** The series of these label values, in the order of the label names; made when it is new. */
  with(...values: string[]): S {
    if (values.length !== this.labelNames.length) {
      throw new RangeError(`${this.name} takes the labels ${this.labelNames.join(', ') || 'none'}`)
    }
    const full = this.series.size >= MAX_SERIES && !this.series.has(labelText(this.labelNames, values))
    const key = labelText(this.labelNames, full ? values.map(() => 'other') : values)
    let series = this.series.get(key)
    if (series === undefined) this.series.set(key, (series = this.make()))
    return series
  }

  text(): string {
    let out = `# HELP ${this.name} ${this.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`
    out += `# TYPE ${this.name} ${this.type}\n`
    for (const [labels, series] of this.series) out += this.lines(labels, series)
    return out
  }
}

/** A number that only grows. */
export class Counter extends Family<Series> {
  readonly type = 'counter'
  protected make = () => new Series()
  protected lines = (labels: string, series: Series) => `${this.name}${braced(labels)} ${series.value}\n`
  inc(...values: string[]): void {
    this.with(...values).inc()
  }
}

/** A number that goes up and down; `read`, when given, is asked at each scrape. */
export class Gauge extends Family<Series> {
  readonly type = 'gauge'
  read: (() => number) | null = null
  protected make = () => new Series()
  protected lines = (labels: string, series: Series) => `${this.name}${braced(labels)} ${series.value}\n`
  set(value: number, ...values: string[]): void {
    this.with(...values).set(value)
  }
  override text(): string {
    if (this.read) this.with().set(this.read())
    return super.text()
  }
}

/** How many observations fell below each of fixed bounds. */
export class Histogram extends Family<HistogramSeries> {
  readonly type = 'histogram'
  constructor(
    name: string,
    help: string,
    readonly bounds: readonly number[],
    labelNames: readonly string[]
  ) {
    super(name, help, labelNames)
    if (bounds.some((bound, index) => index > 0 && bound <= bounds[index - 1]!)) {
      throw new RangeError(`bounds of ${name} must grow`)
    }
  }
  protected make = () => new HistogramSeries(this.bounds)
  protected lines = (labels: string, series: HistogramSeries) => {
    let out = ''
    let cumulative = 0
    this.bounds.forEach((bound, index) => {
      cumulative += series.counts[index]!
      out += `${this.name}_bucket${braced(labels, `le="${bound}"`)} ${cumulative}\n`
    })
    out += `${this.name}_bucket${braced(labels, 'le="+Inf"')} ${series.total}\n`
    return `${out}${this.name}_sum${braced(labels)} ${series.sum}\n${this.name}_count${braced(labels)} ${series.total}\n`
  }
  observe(value: number, ...values: string[]): void {
    this.with(...values).observe(value)
  }
}

/** All metrics of a process. Asking twice for a name gives the same metric; another shape under it is an error. */
export class MetricsRegistry {
  private readonly families = new Map<string, Counter | Gauge | Histogram>()

  counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
    return this.keep(Counter, new Counter(name, help, labelNames))
  }

  gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    return this.keep(Gauge, new Gauge(name, help, labelNames))
  }

  /** A gauge without labels whose value is asked for when somebody scrapes. The last `read` given counts. */
  gaugeOf(name: string, help: string, read: () => number): Gauge {
    const gauge = this.gauge(name, help)
    gauge.read = read
    return gauge
  }

  /** @param bounds upper bounds in growing order, in the unit that the name ends in */
  histogram(
    name: string,
    help: string,
    bounds: readonly number[],
    labelNames: readonly string[] = []
  ): Histogram {
    return this.keep(Histogram, new Histogram(name, help, bounds, labelNames))
  }

  /** What `GET /metrics` answers, with content type `METRICS_TYPE`. */
  text(): string {
    return [...this.families.values()].map((family) => family.text()).join('')
  }

  private keep<F extends Counter | Gauge | Histogram>(
    type: abstract new (...values: never[]) => F,
    family: F
  ): F {
    const known = this.families.get(family.name)
    if (known === undefined) {
      this.families.set(family.name, family)
      return family
    }
    if (known instanceof type && known.labelNames.join() === family.labelNames.join()) return known
    throw new RangeError(`metric ${family.name} exists already in another shape`)
  }
}

/** The registry of this process. */
export const metrics = new MetricsRegistry()

function labelText(names: readonly string[], values: readonly string[]): string {
  return names.map((name, index) => `${name}="${escaped(values[index]!)}"`).join(',')
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function braced(...labels: string[]): string {
  const all = labels.filter(Boolean).join(',')
  return all ? `{${all}}` : ''
}
