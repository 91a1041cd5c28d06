import { once } from 'node:events'

type Answer = { id?: number; result?: Record<string, unknown>; error?: { message: string } }

/**
 * Tabs of one window of a browser, over its debugging protocol: a tab behind another one is really hidden. (Playwright
 * tells every page of its own that it is in front.)
 */
export class PlainTabs {
  private calls = 0
  private readonly waiting = new Map<number, (answer: Answer) => void>()

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer
      if (answer.id !== undefined) this.waiting.get(answer.id)?.(answer)
    })
  }

  /** @param port a browser was started with `--remote-debugging-port` and this port */
  static async on(port: number): Promise<PlainTabs> {
    const version = await (await fetch(`http://127.0.0.1:${port}/json/version`)).json()
    const socket = new WebSocket((version as { webSocketDebuggerUrl: string }).webSocketDebuggerUrl)
    await once(socket, 'open')
    return new PlainTabs(socket)
  }

  /** Opens a tab in front of the others. */
  async open(url: string, userAgent?: string): Promise<PlainTab> {
    const { targetId } = (await this.call('Target.createTarget', { url: 'about:blank' })) as {
      targetId: string
    }
    const attached = await this.call('Target.attachToTarget', { targetId, flatten: true })
    const tab = new PlainTab(this, targetId, attached.sessionId as string)
    if (userAgent) await this.call('Emulation.setUserAgentOverride', { userAgent }, tab.sessionId)
    await this.call('Page.navigate', { url }, tab.sessionId)
    return tab
  }

  async call(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.calls
    const answered = new Promise<Answer>((resolve) => this.waiting.set(id, resolve))
    this.socket.send(JSON.stringify({ id, method, params, sessionId }))
    const { result, error } = await answered
    this.waiting.delete(id)
    if (error) throw new Error(`${method}: ${error.message}`)
    return result ?? {}
  }

  close(): void {
    this.socket.close()
  }
}

export class PlainTab {
  constructor(
    private readonly tabs: PlainTabs,
    readonly targetId: string,
    readonly sessionId: string
  ) {}

  async toFront(): Promise<void> {
    await this.tabs.call('Target.activateTarget', { targetId: this.targetId })
  }

  /** Value of an expression in the page. */
  async read<T>(expression: string): Promise<T> {
    const answer = await this.tabs.call(
      'Runtime.evaluate',
      { expression, returnByValue: true },
      this.sessionId
    )
    return (answer.result as { value: T }).value
  }
}
