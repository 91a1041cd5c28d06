import { unlink } from 'node:fs/promises'
import type { HttpContext } from '@adonisjs/core/http'

/** The body parser leaves uploads in temporary files: they go when the answer has gone, whatever it was. */
export function discardUploads({ request, response, logger }: HttpContext): void {
  if (request.bodyType !== 'multipart') return
  const files = Object.values(request.allFiles()).flat()
  response.onFinish(() => {
    for (const { tmpPath } of files) if (tmpPath) void discard(tmpPath, logger)
  })
}

async function discard(path: string, logger: HttpContext['logger']): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    const moved = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!moved) logger.warn({ err: error }, 'a temporary upload could not be removed')
  }
}
