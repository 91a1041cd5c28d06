import { categoryId } from '#modules/context/contract'
import { parsed, type Reading } from '#modules/kernel/http/parsed_type'

const MAX_CATEGORIES = 50

/** Ids of the IAB Content Taxonomy; those of 1.0 and 2.2 are translated to 3.1. Each comes out once. */
export function categories() {
  const schema = { type: 'array', items: { type: 'string' }, maxItems: MAX_CATEGORIES }
  return parsed<string[], string[]>('categories', schema, (value): Reading<string[]> => {
    if (!Array.isArray(value) || value.length > MAX_CATEGORIES) {
      return { expected: `a list of at most ${MAX_CATEGORIES} categories` }
    }
    const ids = value.map((word: unknown) => (typeof word === 'string' ? categoryId(word) : null))
    const unknown = ids.indexOf(null)
    if (unknown !== -1) {
      const expected = 'a category of the IAB Content Taxonomy such as 483 or IAB17, which 3.1 still has'
      return { inner: String(unknown), expected }
    }
    return { value: [...new Set(ids.filter((id) => id !== null))] }
  })
}
