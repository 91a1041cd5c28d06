import { inject } from '@adonisjs/core'
import { Identity, type Principal } from '#modules/identity/contract'
import { invalid } from '#modules/kernel/http/failures'
import { PLAIN_LIFE } from '#modules/kernel/records/lifecycle'
import type { Query, Work } from '#modules/kernel/records/work'
import { statusJson } from '#modules/kernel/records/managed_record'
import { allInvalid, fixed, type FieldFault } from '#modules/kernel/records/refusals'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import Creative from '#modules/campaigns/models/creative'
import AssetStore from '#modules/campaigns/services/asset_store'
import { advertiserFor, advertisersOf, Demand } from '#modules/campaigns/services/demand'
import { encodeImage, type EncodedImage } from '#modules/campaigns/services/images'
import type { CreativeInput } from '#modules/campaigns/validators/inputs'
import { creativeLists } from '#modules/campaigns/validators/lists'

type Input = CreativeInput & { image?: EncodedImage }
type Running = Work<Principal, void>

@inject()
export default class Creatives extends Demand<Creative, Input> {
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
   * Creates a creative: of an uploaded image when there is one, else of third-party markup. The asset is on disk
   * before the row is written; an asset without a row is harmless and is used by the next upload of the same image.
   */
  async createFrom(caller: Principal, input: CreativeInput, upload: Buffer | null) {
    const type = input.type ?? (upload ? 'image' : 'third_party')
    if (type === 'third_party') return this.create(caller, { ...input, type })
    if (!upload) {
      throw invalid('file', 'required', 'The file field must be an image, sent as multipart/form-data')
    }
    const image = await encodeImage(upload)
    if (!image.ok) throw invalid('file', image.error.code, image.error.detail)
    await this.assets.keep(image.value)
    return this.create(caller, { ...input, type, image: image.value })
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
      assetPath: assetPath(row),
      assetType: row.assetType,
      assetBytes: row.assetBytes,
      assetFrames: row.assetFrames,
      ...statusJson(row),
    }))
  }

  protected async apply(work: Running, row: Creative, input: Partial<Input>) {
    if (row.$isPersisted) this.keepFixed(row, input)
    else await this.begin(work, row, input)
    row.merge({ name: input.name ?? row.name, landingUrl: input.landingUrl ?? row.landingUrl })
    if (input.altText !== undefined) row.merge({ altText: input.altText || null })
    if (row.type === 'image') return
    const markup = input.markup === undefined ? row.markup : input.markup
    const [width, height] = [input.width ?? row.width, input.height ?? row.height]
    const given = { markup, width, height }
    const lacking = Object.entries(given).filter(([, value]) => value === null || value === undefined)
    if (lacking.length > 0) throw allInvalid(lacking.map(([field]) => required(field)))
    row.merge(given)
  }

  private async begin({ trx, caller }: Running, row: Creative, input: Partial<Input>) {
    const { id } = await advertiserFor(trx, caller, input.advertiserId!)
    const image = input.image ?? null
    row.merge({ advertiserId: id, type: image ? 'image' : 'third_party', altText: null, markup: null })
    row.merge({ assetHash: image?.hash ?? null, assetFile: image?.file ?? null })
    row.merge({ assetType: image?.mediaType ?? null, assetBytes: image?.bytes.length ?? null })
    row.merge({ assetFrames: image?.frames ?? null })
    if (image) row.merge(sidesOf(image, input))
    if (image && input.markup) throw invalid('markup', 'type', 'The markup field must be absent for an image')
  }

  /** What people have seen under this id stays what it was: another picture is another creative. */
  private keepFixed(row: Creative, input: Partial<Input>) {
    if (input.advertiserId !== undefined && input.advertiserId !== row.advertiserId) {
      throw fixed('advertiserId')
    }
    if (input.type !== undefined && input.type !== row.type) throw fixed('type')
    if (row.type !== 'image') return
    for (const field of ['width', 'height', 'markup'] as const) {
      if (input[field] !== undefined && input[field] !== row[field]) throw fixed(field)
    }
  }
}

/** The sides of the image; said beside it, they must be the same. */
function sidesOf(image: EncodedImage, input: Partial<Input>): { width: number; height: number } {
  for (const side of ['width', 'height'] as const) {
    if (input[side] !== undefined && input[side] !== image[side]) {
      throw invalid(side, 'image', `The ${side} field must be absent or ${image[side]}, as the image has it`)
    }
  }
  return { width: image.width, height: image.height }
}

/** Path under the creative origin; null when there is no asset. */
export function assetPath({
  assetHash,
  assetFile,
}: Pick<Creative, 'assetHash' | 'assetFile'>): string | null {
  return assetHash === null || assetFile === null ? null : `/c/${assetHash}/${assetFile}`
}

function required(field: string): FieldFault {
  return { field, code: 'required', detail: `The ${field} field of third-party markup must be given` }
}
