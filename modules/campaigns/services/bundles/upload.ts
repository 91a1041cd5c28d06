import { err, ok, type Result } from '#modules/kernel/result'
import { encodeImage, type EncodedImage } from '#modules/campaigns/services/images'
import { encodeBundle, type Bundle } from '#modules/campaigns/services/bundles/bundle'
import type { UploadFault } from '#modules/campaigns/services/bundles/refusal'

export type EncodedUpload =
  | { readonly type: 'image'; readonly image: EncodedImage }
  | { readonly type: 'html5'; readonly bundle: Bundle }

/** Whether a file says of itself that it is a zip archive; an image with an archive behind it is an image. */
export function isArchive(upload: Buffer): boolean {
  return upload.length >= 2 && upload.toString('latin1', 0, 2) === 'PK'
}

/** What an uploaded file becomes: its first bytes say whether it is an archive or an image, not its name. */
export async function encodeUpload(upload: Buffer): Promise<Result<EncodedUpload, UploadFault>> {
  if (isArchive(upload)) {
    const bundle = await encodeBundle(upload)
    return bundle.ok ? ok({ type: 'html5', bundle: bundle.value }) : err(bundle.error)
  }
  const image = await encodeImage(upload)
  return image.ok ? ok({ type: 'image', image: image.value }) : err(image.error)
}
