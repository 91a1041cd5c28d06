import type { HttpContext } from '@adonisjs/core/http'
import { styleUrl } from '#app/admin/render'

const TEXTS: Record<number, [string, string]> = {
  403: ['Not allowed', 'Your role does not include this. Ask an owner of your organisation.'],
  404: ['Nothing here', 'The page does not exist, or it is not yours to see.'],
  413: ['Too large', 'What you sent is larger than this page accepts. Nothing was changed.'],
  419: ['This form has expired', 'Go back, reload the page and send it again. Nothing was changed.'],
  503: ['Not available now', 'The database cannot be reached. Try again in a moment.'],
  500: ['Our mistake', 'Something went wrong on our side. It has been logged; nothing was changed.'],
}

/** The failed request as a page. Complete without the style sheet, which is there when the admin was built. */
export async function renderError({ response, request }: HttpContext, status: number): Promise<void> {
  const [title, text] = TEXTS[status] ?? (status < 500 ? TEXTS[404]! : TEXTS[500]!)
  const style = await styleUrl()
  response.status(status)
  response.header('content-type', 'text/html; charset=utf-8')
  response.header(
    'content-security-policy',
    `default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'`
  )
  response.send(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
      `<meta name="color-scheme" content="light dark"><title>${title} · Placard</title>${style ? `<link rel="stylesheet" href="${style}">` : ''}</head>` +
      `<body><main class="gate"><div class="card"><h1>${title}</h1><p>${text}</p><p><a class="button" href="/admin">To the dashboard</a></p>` +
      `<p class="small muted">Reference ${request.id()}</p></div></main></body></html>`
  )
}
