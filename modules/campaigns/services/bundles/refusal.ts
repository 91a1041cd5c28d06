/** Why an uploaded file is not taken; `code` is stable, `detail` is for whoever made the file. */
export type UploadFault = { readonly code: string; readonly detail: string }

/** Thrown inside the reading of a bundle and caught at its door, `encodeBundle`. */
export class UploadRefused extends Error {
  constructor(readonly fault: UploadFault) {
    super(fault.detail)
  }
}

/** @throws UploadRefused always */
export function refuse(code: string, detail: string): never {
  throw new UploadRefused({ code, detail })
}

/** A name out of an upload as part of a sentence: short, and nothing in it that a terminal or a page would obey. */
export function shown(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]/g, '?')
  return JSON.stringify(plain.length > 80 ? `${plain.slice(0, 77)}...` : plain)
}
