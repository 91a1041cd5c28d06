import { parse, parseFragment, defaultTreeAdapter as tree, type DefaultTreeAdapterMap } from 'parse5'
import { refuse, shown } from '#modules/campaigns/services/bundles/refusal'
import { isData, leadsOut, outwardStyle, plainUrl } from '#modules/campaigns/services/bundles/references'

type Node = DefaultTreeAdapterMap['node']
export type Element = DefaultTreeAdapterMap['element']

/** parse5 walks deep trees without recursion; so do we. */
const MAX_ELEMENTS = 20_000
const FORBIDDEN = new Set(['base', 'object', 'embed', 'applet', 'frame', 'frameset', 'portal', 'fencedframe'])
/** Attributes that a browser loads by itself or goes to. */
const REFERENCES = new Set([
  'src',
  'href',
  'xlink:href',
  'poster',
  'background',
  'data',
  'action',
  'formaction',
  'ping',
])

/** Elements of a page in document order. @throws UploadRefused `html_size` */
export function elementsOf(html: string, name: string): Element[] {
  return collect(parse(html, { sourceCodeLocationInfo: true }), name)
}

function collect(root: Node, name: string): Element[] {
  const found: Element[] = []
  const rest: Node[] = [root]
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (tree.isElementNode(node)) {
      if (found.push(node) > MAX_ELEMENTS) {
        refuse('html_size', `${shown(name)} has more than ${MAX_ELEMENTS} elements`)
      }
      if (node.tagName === 'template') rest.push((node as DefaultTreeAdapterMap['template']).content)
    }
    const children = 'childNodes' in node ? node.childNodes : []
    for (let at = children.length - 1; at >= 0; at--) rest.push(children[at]!)
  }
  return found
}

/**
 * Pages of a bundle may run scripts, which the sandbox holds. They may not send the visitor elsewhere by themselves,
 * change what addresses mean, or load what is not in the bundle: that would not be the creative that was checked.
 *
 * @throws UploadRefused `html_refresh`, `html_element`, `html_external` or `html_link`
 */
export function checkHtml(elements: readonly Element[], name: string): void {
  for (const element of elements) {
    const tag = element.tagName
    if (FORBIDDEN.has(tag)) {
      refuse('html_element', `${shown(name)} has a <${tag}> element, which is not accepted`)
    }
    if (tag === 'meta') checkMeta(element, name)
    for (const attribute of element.attrs) {
      checkAttribute(element, attributeName(attribute), attribute.value, name)
    }
    if (tag === 'style') checkStyle(textOf(element), name)
  }
}

function checkMeta(element: Element, name: string): void {
  const equivalent = attributeOf(element, 'http-equiv')?.trim().toLowerCase()
  if (equivalent === 'refresh' || equivalent === 'set-cookie') {
    refuse('html_refresh', `${shown(name)} has <meta http-equiv="${equivalent}">, which is not accepted`)
  }
}

function checkAttribute(element: Element, attribute: string, value: string, name: string): void {
  const tag = element.tagName
  if (attribute === 'style') return checkStyle(value, name)
  if (attribute === 'srcdoc') {
    refuse('html_element', `${shown(name)} has a frame with srcdoc, which is not accepted`)
  }
  if (attribute === 'srcset' || attribute === 'imagesrcset') {
    for (const one of value.split(',')) checkReference(tag, attribute, one.trim(), name)
  } else if (REFERENCES.has(attribute)) checkReference(tag, attribute, value, name)
}

function checkReference(tag: string, attribute: string, value: string, name: string): void {
  if (!leadsOut(value)) return
  const link = tag === 'a' || tag === 'area'
  if (link && attribute !== 'ping' && /^javascript:/i.test(plainUrl(value))) return
  if (isData(value) && !link && tag !== 'iframe' && tag !== 'script' && tag !== 'link') return
  const where = `<${tag} ${attribute}=${shown(value)}>`
  if (link) {
    refuse(
      'html_link',
      `${shown(name)} has ${where}: links must open clickTag, or their clicks are not counted`
    )
  }
  refuse('html_external', `${shown(name)} has ${where}: all that a creative loads must be in its archive`)
}

function checkStyle(css: string, name: string): void {
  const outward = outwardStyle(css)
  if (outward !== null) {
    refuse(
      'css_external',
      `${shown(name)} has ${shown(outward)}: all that a creative loads must be in its archive`
    )
  }
}

/** @throws UploadRefused `css_external` */
export function checkCss(css: string, name: string): void {
  checkStyle(css, name)
}

/**
 * A drawing is only a drawing: no scripts, no foreign content, nothing from elsewhere, no entities.
 *
 * @throws UploadRefused `svg` or `svg_external`
 */
export function checkSvg(svg: string, name: string): void {
  if (!/<svg[\s>/]/i.test(svg)) refuse('file_type', `${shown(name)} does not hold what its extension says`)
  if (/<!(?:doctype|entity|element|attlist)/i.test(svg)) {
    refuse('svg', `${shown(name)} has a document type or entities, which are not accepted`)
  }
  if (/<\?(?!xml[ \t\r\n])/i.test(svg)) {
    refuse('svg', `${shown(name)} has a processing instruction, which is not accepted`)
  }
  for (const element of collect(parseFragment(svg), name)) {
    const tag = element.tagName.split(':').pop()!.toLowerCase()
    if (['script', 'foreignobject', 'iframe', 'handler', 'listener'].includes(tag) || FORBIDDEN.has(tag)) {
      refuse('svg', `${shown(name)} has a <${tag}> element: drawings may not carry scripts or pages`)
    }
    for (const attribute of element.attrs) {
      checkSvgAttribute(attributeName(attribute), attribute.value, tag, name)
    }
    if (tag === 'style') checkStyle(textOf(element), name)
  }
}

function checkSvgAttribute(attribute: string, value: string, tag: string, name: string): void {
  const local = attribute.split(':').pop()!.toLowerCase()
  if (local.startsWith('on')) {
    refuse('svg', `${shown(name)} has an ${local} attribute: drawings may not carry scripts`)
  }
  if ((tag === 'set' || tag.startsWith('animate')) && local === 'attributename' && /href|^on/i.test(value)) {
    refuse('svg', `${shown(name)} animates ${shown(value)}, which is not accepted`)
  }
  if (local === 'href' || local === 'src') {
    const url = plainUrl(value)
    if (!url.startsWith('#') && !/^data:image\/(?:png|jpeg|gif|webp)[;,]/i.test(url)) {
      refuse(
        'svg_external',
        `${shown(name)} refers to ${shown(value)}: a drawing may refer to its own parts only`
      )
    }
  }
  const outward = outwardStyle(value)
  if (outward !== null) {
    refuse('svg_external', `${shown(name)} has ${shown(outward)}: a drawing loads nothing`)
  }
}

function attributeName({ name, prefix }: { name: string; prefix?: string }): string {
  return (prefix ? `${prefix}:${name}` : name).toLowerCase()
}

export function attributeOf(element: Element, name: string): string | null {
  return element.attrs.find((attribute) => attribute.name === name)?.value ?? null
}

function textOf(element: Element): string {
  return element.childNodes.map((child) => (tree.isTextNode(child) ? child.value : '')).join('')
}
