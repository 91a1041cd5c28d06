import type { HttpContext } from '@adonisjs/core/http'

const TEXTS: Record<number, [string, string]> = {
  403: ['Not allowed', 'Your role does not include this. Ask an owner of your organisation.'],
  404: ['Nothing here', 'The page does not exist, or it is not yours to see.'],
  419: ['This form has expired', 'Go back, reload the page and send it again. Nothing was changed.'],
  500: ['Our mistake', 'Something went wrong on our side. It has been logged; nothing was changed.'],
}

/** A plain, complete page that needs nothing else to work. */
export function renderError({ response, request }: HttpContext, status: number): void {
  const [title, text] = TEXTS[status] ?? (status < 500 ? TEXTS[404]! : TEXTS[500]!)
  response.status(status)
  response.header('content-type', 'text/html; charset=utf-8')
  response.header('content-security-policy', `default-src 'none'; frame-ancestors 'none'`)
  response.send(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} · Placard</title></head>` +
      `<body><main><h1>${title}</h1><p>${text}</p><p><a href="/admin">To the dashboard</a></p><p>Reference ${request.id()}</p></main></body></html>`
  )
}
