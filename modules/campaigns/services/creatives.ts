import { inject } from '@adonisjs/core'
import { Identity, type Organisation, type Principal } from '#modules/identity/contract'
import { invalid } from '#modules/kernel/http/failures'
import { instantJson } from '#modules/kernel/http/instants'
import { PLAIN_LIFE } from '#modules/kernel/records/lifecycle'
import type { Query, Work } from '#modules/kernel/records/work'
import { statusJson } from '#modules/kernel/records/managed_record'
import { fixed } from '#modules/kernel/records/refusals'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import Creative from '#modules/campaigns/models/creative'
import AssetStore from '#modules/campaigns/services/asset_store'
import { encodeUpload, isArchive, type EncodedUpload } from '#modules/campaigns/services/bundles/upload'
import { readContent, setContent } from '#modules/campaigns/services/creative_content'
import { advertiserFor, advertisersOf, Demand } from '#modules/campaigns/services/demand'
import type { CreativeInput } from '#modules/campaigns/validators/inputs'
import { creativeLists } from '#modules/campaigns/validators/lists'
import { endOf, startOf } from '#modules/campaigns/validators/when'

export type CreativeFields = CreativeInput & { upload?: EncodedUpload }
type Running = Work<Principal, Organisation>

@inject()
export default class Creatives extends Demand<Creative, CreativeFields, Organisation> {
  protected readonly kind = 'creative'
  protected readonly life = PLAIN_LIFE
  protected readonly lists = creativeLists

  constructor(
    tenancy: Tenancy,
    clock: Clock,
    identity: Identity,
    private assets: AssetStore
  ) {
    super(tenancy, clock, identity)
  }

  /**
   * Creates a creative: of an uploaded image or HTML5 archive when there is one, else of words or of third-party
   * markup. An upload is checked whole before anything is written, and is on disk before the row is; an asset without
   * a row is harmless and is used by the next upload of the same content.
   */
  async createFrom(caller: Principal, input: CreativeInput, file: Buffer | null) {
    const type = input.type ?? (file ? (isArchive(file) ? 'html5' : 'image') : 'third_party')
    if (type === 'third_party' || type === 'text') {
      if (file) throw invalid('file', 'type', `The file field must be absent for a creative of type ${type}`)
      return this.create(caller, { ...input, type })
    }
    const what = type === 'image' ? 'an image' : 'a zip archive'
    if (!file) {
      throw invalid('file', 'required', `The file field must be ${what}, sent as multipart/form-data`)
    }
    if (isArchive(file) !== (type === 'html5')) {
      throw invalid('file', 'type', `The file field must be ${what} for a creative of type ${type}`)
    }
    const upload = await encodeUpload(file)
    if (!upload.ok) throw invalid('file', upload.error.code, upload.error.detail)
    sidesOf(upload.value, input)
    await this.keep(upload.value)
    return this.create(caller, { ...input, type, upload: upload.value })
  }

  private keep(upload: EncodedUpload): Promise<void> {
    return upload.type === 'image' ? this.assets.keep(upload.image) : this.assets.keepBundle(upload.bundle)
  }

  protected query(trx: Transaction) {
    return Creative.query({ client: trx })
  }
  protected blank() {
    return new Creative()
  }
  protected scope(query: Query<Creative>, caller: Principal) {
    const own = advertisersOf(caller)
    return own === null ? query : query.whereIn('advertiser_id', own)
  }
  protected override gather(caller: Principal) {
    return this.organisation(caller)
  }

  protected async represent(_trx: Transaction, rows: readonly Creative[]) {
    return rows.map((row) => ({
      id: row.id,
      advertiserId: row.advertiserId,
      name: row.name,
      type: row.type,
      width: row.width,
      height: row.height,
      landingUrl: row.landingUrl,
      altText: row.altText,
      markup: row.markup,
      ...readContent(row),
      clickDomains: row.clickDomains ?? [],
      frequencyCaps: row.frequencyCaps,
      startsAt: instantJson(row.startsAt ?? null),
      endsAt: instantJson(row.endsAt ?? null),
      assetPath: assetPath(row),
      assetType: row.assetType,
      assetBytes: row.assetBytes,
      assetFrames: row.assetFrames,
      ...statusJson(row),
    }))
  }

  protected async apply(work: Running, row: Creative, input: Partial<CreativeFields>) {
    if (row.$isPersisted) this.keepFixed(row, input)
    else await this.begin(work, row, input)
    row.merge({ name: input.name ?? row.name, landingUrl: input.landingUrl ?? row.landingUrl })
    row.merge({ frequencyCaps: input.frequencyCaps ?? row.frequencyCaps ?? [] })
    if (input.altText !== undefined) row.merge({ altText: input.altText || null })
    this.setTerm(work, row, input)
    setContent(row, input)
  }

  private async begin({ trx, caller }: Running, row: Creative, input: Partial<CreativeFields>) {
    const { id } = await advertiserFor(trx, caller, input.advertiserId!)
    row.merge({ advertiserId: id, type: input.type ?? 'third_party', altText: null, markup: null })
    row.merge({ startsAt: null, endsAt: null, clickDomains: null, content: null })
    row.merge(assetOf(input.upload ?? null))
    if (input.upload) row.merge(sidesOf(input.upload, input))
  }

  private setTerm({ gathered }: Running, row: Creative, input: Partial<CreativeFields>) {
    const { startsAt, endsAt } = input
    const zone = gathered.timeZone
    if (startsAt !== undefined) row.merge({ startsAt: startsAt && startOf(startsAt, zone) })
    if (endsAt !== undefined) row.merge({ endsAt: endsAt && endOf(endsAt, zone) })
    if (row.startsAt !== null && row.endsAt !== null && row.endsAt <= row.startsAt) {
      throw invalid('endsAt', 'after_start', 'The endsAt field must be after startsAt')
    }
  }

  /** What people have seen under this id stays what it was: another picture is another creative. */
  private keepFixed(row: Creative, input: Partial<CreativeFields>) {
    if (input.advertiserId !== undefined && input.advertiserId !== row.advertiserId) {
      throw fixed('advertiserId')
    }
    if (input.type !== undefined && input.type !== row.type) throw fixed('type')
    if (row.assetHash === null) return
    for (const field of ['width', 'height', 'markup'] as const) {
      if (input[field] !== undefined && input[field] !== row[field]) throw fixed(field)
    }
  }
}

type Asset = Pick<Creative, 'assetHash' | 'assetFile' | 'assetType' | 'assetBytes' | 'assetFrames'>

function assetOf(upload: EncodedUpload | null): Asset {
  if (upload === null) {
    return { assetHash: null, assetFile: null, assetType: null, assetBytes: null, assetFrames: null }
  }
  if (upload.type === 'image') {
    const { hash, file, mediaType, bytes, frames } = upload.image
    return {
      assetHash: hash,
      assetFile: file,
      assetType: mediaType,
      assetBytes: bytes.length,
      assetFrames: frames,
    }
  }
  const { hash, bytes } = upload.bundle
  return {
    assetHash: hash,
    assetFile: 'index.html',
    assetType: 'text/html',
    assetBytes: bytes,
    assetFrames: null,
  }
}

/** The sides that an upload has; said beside it, they must be the same. A page without `ad.size` needs them said. */
function sidesOf(upload: EncodedUpload, input: Partial<CreativeInput>): { width: number; height: number } {
  const own = upload.type === 'image' ? upload.image : upload.bundle.size
  for (const side of ['width', 'height'] as const) {
    const said = input[side]
    if (own === null && said === undefined) {
      throw invalid(side, 'ad_size', `The ${side} field must be given: index.html has no ad.size meta`)
    }
    if (own !== null && said !== undefined && said !== own[side]) {
      const whole = upload.type === 'image' ? 'the image' : 'ad.size'
      throw invalid(side, upload.type, `The ${side} field must be absent or ${own[side]}, as ${whole} has it`)
    }
  }
  return { width: own?.width ?? input.width!, height: own?.height ?? input.height! }
}

/** Path under the creative origin; null when there is no asset. */
export function assetPath({
  assetHash,
  assetFile,
}: Pick<Creative, 'assetHash' | 'assetFile'>): string | null {
  return assetHash === null || assetFile === null ? null : `/c/${assetHash}/${assetFile}`
}
