import vine from '@vinejs/vine'
import type { SchemaTypes } from '@vinejs/vine/types'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import type { LucidModel, ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import type { KeyObject } from 'node:crypto'
import { cursorKey, readCursor, writeCursor, type Position } from '#modules/kernel/http/cursor'
import { invalid } from '#modules/kernel/http/failures'
import {
  CURSOR_LENGTH,
  cursorText,
  PAGE_DEFAULT,
  pageLimit,
  searchText,
  sortOrder,
} from '#modules/kernel/http/list_rules'
import type { Filter } from '#modules/kernel/http/filters'

export { equals, filterBy, oneOf } from '#modules/kernel/http/filters'
export { CURSOR_LENGTH, PAGE_DEFAULT }

/** A query that can be paged: `trx.from(table)` or `Model.query({ client: trx })`. */
type RowQuery<Row> = DatabaseQueryBuilderContract<Row>
type ModelQuery<Model extends LucidModel> = ModelQueryBuilderContract<Model, InstanceType<Model>>
export type Page<Item> = { data: Item[]; nextCursor: string | null; total: number }
export type ListInput = {
  limit?: number
  cursor?: string
  sort?: string
  q?: string
  [filter: string]: unknown
}

export type CollectionOptions = {
  /** Table of the rows; sort and search columns are its columns. Its primary key is `id` (uuid). */
  readonly table: string
  /** API name → column that is never null, or an SQL expression of this table's columns that is never null. */
  readonly sort: Readonly<Record<string, string | { readonly sql: string }>>
  /** API name, `-` before it for descending. */
  readonly defaultSort: string
  /** Columns that `q` looks into, case-insensitively. Empty or absent: the list has no `q`. */
  readonly search?: readonly string[]
  /** Query parameter → what it accepts and what it does. */
  readonly filters?: Readonly<Record<string, Filter>>
}

let key: KeyObject | undefined
async function signing(): Promise<KeyObject> {
  if (key) return key
  const { default: env } = await import('#start/env')
  return (key = cursorKey(env.get('APP_KEY').release()))
}

/** Escapes the wildcards of LIKE, so that `50%` finds `50%`. */
export function likePattern(search: string): string {
  return `%${search.replace(/[\\%_]/g, (wildcard) => `\\${wildcard}`)}%`
}

/**
 * One list endpoint: which parameters it takes, and how they turn a query into a page.
 *
 * Rows are ordered by the sort column and then by id, so pages neither skip nor repeat rows that stay as they are;
 * a row that is changed while someone pages may move. `total` counts what the filters leave, over all pages.
 */
export class Collection {
  /** Validates the query string, and describes it in the OpenAPI document. */
  readonly query

  constructor(private readonly options: CollectionOptions) {
    const filters = Object.entries(options.filters ?? {}).map(
      ([name, filter]) => [name, filter.type] as const
    )
    const properties: Record<string, SchemaTypes> = {
      limit: pageLimit().optional(),
      cursor: cursorText().optional(),
      sort: sortOrder(Object.keys(options.sort), options.defaultSort).optional(),
      ...(options.search?.length ? { q: searchText().optional() } : {}),
      ...Object.fromEntries(filters),
    }
    const validator = vine.create(properties)
    this.query = {
      validate: (data: unknown) => validator.validate(data) as Promise<ListInput>,
      toJSONSchema: () => validator.toJSONSchema(),
    }
  }

  /**
   * Runs `query` as one page and renders its rows. The query brings its own conditions (party, archived …) and must
   * run inside a tenancy transaction. An empty page has `nextCursor: null`.
   * @throws ProblemException 422 with field `cursor` when the cursor is not of this list in this order
   */
  async page<Row, Item>(
    query: RowQuery<Row>,
    input: ListInput,
    render: (row: Row) => Item | Promise<Item>
  ): Promise<Page<Item>>
  async page<Model extends LucidModel, Item>(
    rows: ModelQuery<Model>,
    input: ListInput,
    render: (row: InstanceType<Model>) => Item | Promise<Item>
  ): Promise<Page<Item>>
  async page(rowsOf: unknown, input: ListInput, render: (row: never) => unknown): Promise<Page<unknown>> {
    const query = rowsOf as RowQuery<{ id: string }>
    const order = input.sort ?? this.options.defaultSort
    const [descending, field] = order.startsWith('-') ? [true, order.slice(1)] : [false, order]
    const limit = input.limit ?? PAGE_DEFAULT
    const from = input.cursor === undefined ? null : await this.position(input.cursor, order)
    this.narrow(query, input)
    const total = await countOf(query)
    const sql = this.sortSql(field)
    const direction = descending ? 'desc' : 'asc'
    const id = `${this.options.table}.id`
    if (from) {
      void query.whereRaw(`(${sql}, ${id}) ${descending ? '<' : '>'} (?, ?)`, [from.key, from.id])
    }
    const rows = await query.orderByRaw(`${sql} ${direction}, ${id} ${direction}`).limit(limit + 1)
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    return {
      data: await Promise.all(shown.map((row) => render(row as never))),
      nextCursor: last ? await this.cursorAfter(query, last.id, order, sql) : null,
      total,
    }
  }

  private async position(cursor: string, order: string): Promise<Position> {
    const found = readCursor(await signing(), this.listName(order), cursor)
    if (!found) {
      throw invalid(
        'cursor',
        'cursor',
        'The cursor field must be a nextCursor of this list with the same sort.'
      )
    }
    return found
  }

  /** The key is read as text by PostgreSQL itself: a JavaScript date would lose the microseconds. */
  private async cursorAfter<Row>(
    query: RowQuery<Row>,
    id: string,
    order: string,
    sql: string
  ): Promise<string> {
    const { client } = query
    const row = (await client
      .from(this.options.table)
      .where('id', id)
      .select(client.raw(`(${sql})::text as key`))
      .firstOrFail()) as { key: string }
    return writeCursor(await signing(), this.listName(order), { key: row.key, id })
  }

  private narrow<Row>(query: RowQuery<Row>, input: ListInput): void {
    const search = this.options.search ?? []
    if (input.q !== undefined && input.q !== '' && search.length > 0) {
      const pattern = likePattern(input.q)
      void query.where((either) => {
        for (const column of search) void either.orWhereILike(`${this.options.table}.${column}`, pattern)
      })
    }
    for (const [name, filter] of Object.entries(this.options.filters ?? {})) {
      if (input[name] !== undefined) filter.apply(query, input[name])
    }
  }

  private sortSql(field: string): string {
    const column = this.options.sort[field]
    if (column === undefined) throw new RangeError(`${this.options.table} has no sort ${field}`)
    return typeof column === 'string' ? `${this.options.table}.${column}` : column.sql
  }

  private listName(order: string): string {
    return `${this.options.table}:${order}`
  }
}

async function countOf<Row>(query: RowQuery<Row>): Promise<number> {
  const copy = query.clone<{ total: string }>()
  const plain = 'pojo' in copy ? (copy as unknown as { pojo(): typeof copy }).pojo() : copy
  const [row] = await plain.clearOrder().clearSelect().count('* as total')
  return Number(row?.total ?? 0)
}

/** Describes a list endpoint; see {@link Collection}. */
export function collection(options: CollectionOptions): Collection {
  return new Collection(options)
}
