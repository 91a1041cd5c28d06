import type { ApiClient, ApiRequest } from '@japa/api-client'

export type Answer = {
  status: number
  body: Record<string, unknown>
  header(name: string): string | undefined
}
type Json = Record<string, unknown>
const METHODS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const
type Method = keyof typeof METHODS

/** The management API as one principal speaks to it. */
export class Management {
  constructor(
    private readonly client: ApiClient,
    private readonly token: string
  ) {}

  /** Sends anything; `path` below `/api/v1/`. */
  async send(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {}
  ): Promise<Answer> {
    const request = this.client[METHODS[method]](`/api/v1/${path}`).bearerToken(this.token).headers(headers)
    return answerOf(body === undefined ? request : request.json(body as object))
  }

  /** Uploads a file with fields. */
  async upload(path: string, fields: Record<string, string>, file: Buffer, name: string): Promise<Answer> {
    const request = this.client
      .post(`/api/v1/${path}`)
      .bearerToken(this.token)
      .file('file', file, { filename: name })
    return answerOf(request.fields(fields))
  }

  /** Creates, and fails loudly when that is refused. */
  async create(path: string, body: Json): Promise<Json & { id: string }> {
    return expect(await this.send('POST', path, body), 201, `POST ${path}`)
  }
  async change(path: string, body: Json): Promise<Json & { id: string }> {
    return expect(await this.send('PATCH', path, body), 200, `PATCH ${path}`)
  }
  async read(path: string): Promise<Json & { id: string }> {
    return expect(await this.send('GET', path), 200, `GET ${path}`)
  }
  /** Runs a status verb: `campaigns/<id>/activate`. */
  async act(path: string, body: Json = {}): Promise<Json & { id: string }> {
    return expect(await this.send('POST', path, body), 200, `POST ${path}`)
  }
}

async function answerOf(request: ApiRequest): Promise<Answer> {
  const response = await request
  return {
    status: response.status(),
    body: (response.body() ?? {}) as Json,
    header: (name) => response.header(name) as string | undefined,
  }
}

function expect(answer: Answer, status: number, what: string): Json & { id: string } {
  if (answer.status === status) return answer.body as Json & { id: string }
  throw new Error(`${what} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}
