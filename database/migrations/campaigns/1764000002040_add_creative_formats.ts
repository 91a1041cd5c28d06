import { BaseSchema } from '@adonisjs/lucid/schema'

/** HTML5 bundles and texts beside images and markup; running time and click domains of a creative. */
export default class extends BaseSchema {
  protected tableName = 'campaigns_creatives'
  override async up() {
    this.schema.alterTable(this.tableName, (table) => {
      table.timestamp('starts_at', { useTz: true }).nullable().comment('null = with its line items')
      table.timestamp('ends_at', { useTz: true }).nullable().comment('exclusive; null = with its line items')
      table
        .jsonb('click_domains')
        .nullable()
        .comment('hosts that third-party markup may send a click on to; null = none')
      table.jsonb('content').nullable().comment('CreativeContent of modules/campaigns/contract.ts')
      table.check('ends_at > starts_at', [], 'campaigns_creatives_term')
    })
    this.schema.raw(`alter table campaigns_creatives drop constraint campaigns_creatives_type_check,
      add constraint campaigns_creatives_type_check
        check (type in ('image', 'third_party', 'html5', 'text')),
      drop constraint campaigns_creatives_content,
      add constraint campaigns_creatives_content check (
        (type in ('image', 'html5') and num_nulls(asset_hash, asset_file, asset_type, asset_bytes) = 0
          and markup is null and content is null)
        or (type = 'third_party' and markup is not null and asset_hash is null and content is null)
        or (type = 'text' and content is not null and markup is null and asset_hash is null)
      )`)
  }
  override async down() {
    this.schema.raw(`alter table campaigns_creatives drop constraint campaigns_creatives_type_check,
      add constraint campaigns_creatives_type_check check (type in ('image', 'third_party')),
      drop constraint campaigns_creatives_content,
      add constraint campaigns_creatives_content check (
        (type = 'image' and num_nulls(asset_hash, asset_file, asset_type, asset_bytes) = 0 and markup is null)
        or (type = 'third_party' and markup is not null and asset_hash is null)
      )`)
    this.schema.alterTable(this.tableName, (table) => {
      table.dropColumns('starts_at', 'ends_at', 'click_domains', 'content')
    })
  }
}
