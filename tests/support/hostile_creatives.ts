/**
 * Uploads that attack whoever unpacks, decodes or shows them. Each is built here; what large ones claim to unpack to is
 * never held in memory by a test.
 */
import { deflateRawSync, deflateSync } from 'node:zlib'
import { bitPng, chunk, flat, SVG_WITH_SCRIPT } from '#tests/support/images'
import { html5, page, zip, ENTRY_PAGE } from '#tests/support/zips'

export type Hostile = {
  readonly title: string
  readonly bytes: Buffer
  /** Codes of which one must be the reason of the refusal; null: taken, and made harmless. */
  readonly codes: readonly string[] | null
  /** Bytes that must be gone from what is stored, when it is taken. */
  readonly payload?: string
}

const MEGA = 1024 * 1024
const script = '<script>alert(1)</script>'
const one = (title: string, bytes: Buffer, ...codes: string[]): Hostile => ({ title, bytes, codes })
const named = (title: string, name: string | Buffer, ...codes: string[]) =>
  one(title, html5({ name, data: 'x' }), ...codes)
const svg = (title: string, body: string, ...codes: string[]) =>
  one(
    title,
    html5({
      name: 'a.svg',
      data:
        body.startsWith('<?') || body.startsWith('<!')
          ? body
          : `<svg xmlns="http://www.w3.org/2000/svg">${body}</svg>`,
    }),
    ...codes
  )

/** More than 40 uploads; the same at each call. */
export async function hostileCreatives(): Promise<Hostile[]> {
  return [
    ...paths(),
    ...bombs(),
    ...structures(),
    ...pages(),
    ...drawings(),
    ...(await images()),
    ...polyglots(),
  ]
}

function paths(): Hostile[] {
  return [
    named('zip slip', '../../../etc/cron.d/x.js', 'zip_path'),
    named('zip slip in the middle', 'img/../../x.js', 'zip_path'),
    named('zip slip with backslashes', '..\\..\\x.js', 'zip_path'),
    named('absolute name', '/etc/passwd.js', 'zip_path'),
    named('drive letter', 'C:/windows/x.js', 'zip_path'),
    named('UNC name', '\\\\server\\share\\x.js', 'zip_path'),
    named('null character in a name', 'a.js\0.png', 'zip_name'),
    named('line end in a name', 'a\r\nset-cookie: x.js', 'zip_name'),
    named('overlong UTF-8 slash', Buffer.from('..\xc0\xafx.js', 'latin1'), 'zip_name'),
    named('right-to-left override', Buffer.from('a\u202egnp.js'), 'zip_name'),
    named('full-width dots', Buffer.from('\uff0e\uff0e/x.js'), 'zip_name'),
    named('device name', 'con.js', 'zip_name'),
    named('dot at the end', 'index.html.', 'zip_name'),
    named('a name of 5000 characters', `${'a'.repeat(5000)}.js`, 'zip_name'),
    named('folders 40 deep', `${'a/'.repeat(40)}x.js`, 'zip_depth'),
    named('the page twice', 'index.html', 'zip_duplicate'),
    named('names that differ in case', 'INDEX.HTML', 'zip_duplicate'),
    named('a file that is a folder too', 'index.html/x.js', 'zip_duplicate'),
    one('symbolic link', html5({ name: 'x.js', data: '/etc/passwd', mode: 0o120777 }), 'zip_special'),
    one('device file', html5({ name: 'x.js', data: '', mode: 0o060600 }), 'zip_special'),
    one(
      'name in an extra field',
      html5({ name: 'x.js', data: 'x', extra: unicodePath('../x.js') }),
      'zip_name'
    ),
  ]
}

function unicodePath(name: string): Buffer {
  const head = Buffer.alloc(9)
  head.writeUInt16LE(0x7075, 0)
  head.writeUInt16LE(5 + name.length, 2)
  head[4] = 1
  return Buffer.concat([head, Buffer.from(name)])
}

function bombs(): Hostile[] {
  const zeros = Buffer.alloc(7 * MEGA)
  const packed = deflateRawSync(zeros)
  const genome = noise(MEGA)
  const kernel = { name: 'k0.js', data: zeros, packed }
  const sharing = Array.from({ length: 200 }, (_, at) => ({
    ...kernel,
    name: `k${at + 1}.js`,
    directoryOnly: true,
    lie: { at: 0 },
  }))
  const nested = zip([{ name: 'lib.zip', data: zip([{ name: 'x.js', data: zeros, packed }]), method: 0 }])
  return [
    one('one file of 7 MB zeros', html5(kernel), 'zip_ratio'),
    one(
      'a file that says it has 1 GB',
      html5({ name: 'x.js', data: 'x', lie: { size: 1024 * MEGA } }),
      'zip_file_size'
    ),
    one('a file that says it has 9 bytes', html5({ ...kernel, lie: { size: 9 } }), 'zip_mismatch'),
    one(
      '201 entries that share one file',
      zip([kernel, ...sharing]),
      'zip_ratio',
      'zip_overlap',
      'zip_total_size'
    ),
    one(
      'entries that share a stored file',
      zip([{ name: 'a.js', data: 'a'.repeat(500), method: 0 }, ...overlaps(100)]),
      'zip_overlap',
      'zip_mismatch'
    ),
    one(
      '24 files of 1 MB that deflate well',
      html5(...many(24, genome, deflateRawSync(genome))),
      'zip_total_size'
    ),
    one('5000 files', html5(...many(5000, Buffer.from('x'))), 'zip_entries'),
    one('an archive in the archive', html5({ name: 'a/lib.zip', data: nested }), 'zip_nested'),
    one(
      'a nested archive under another name',
      html5({ name: 'lib.png', data: nested, method: 0 }),
      'zip_nested'
    ),
    one(
      'a quine: a file that is the archive itself',
      quine(),
      'zip_nested',
      'zip_overlap',
      'zip_mismatch',
      'zip_ratio'
    ),
  ]
}

function overlaps(count: number) {
  return Array.from({ length: count }, (_, at) => ({
    name: `b${at}.js`,
    data: 'a'.repeat(500),
    method: 0,
    directoryOnly: true,
    lie: { at: 0 },
  }))
}

const many = (count: number, data: Buffer, packed = data) =>
  Array.from({ length: count }, (_, at) => ({
    name: `f${at}.js`,
    data,
    packed,
    method: packed === data ? 0 : 8,
  }))

/** Two bits of noise a byte: deflates to a quarter, far from what looks like a bomb. */
function noise(length: number): Buffer {
  let state = 1
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return 'acgt'.charCodeAt(state >>> 30)
    })
  )
}

/** What a self-reproducing archive needs: an entry whose content begins like the archive that holds it. */
function quine(): Buffer {
  const inner = html5({ name: 'r.zip', data: 'PK' })
  return html5({ name: 'r/r.js', data: inner })
}

function structures(): Hostile[] {
  const good = html5()
  const flip = Buffer.from(good)
  flip[good.indexOf('index.html') + 20]! ^= 0xff
  return [
    one('cut in half', good.subarray(0, good.length / 2), 'zip'),
    one('nothing but the end record', good.subarray(good.length - 22), 'zip', 'image_format'),
    one('an empty archive', zip([]), 'zip', 'image_format'),
    one('one bit wrong', flip, 'zip', 'zip_mismatch'),
    one('a wrong checksum', zip([{ name: 'index.html', data: ENTRY_PAGE, lie: { crc: 7 } }]), 'zip_mismatch'),
    one(
      'two names for one entry',
      html5({ name: 'a.js', data: 'x', lie: { localName: 'b.js' } }),
      'zip_mismatch'
    ),
    one('encrypted', html5({ name: 'a.js', data: 'x', flags: 1 }), 'zip_encrypted'),
    one('one part of several', zip([{ name: 'index.html', data: ENTRY_PAGE }], { disk: 3 }), 'zip_disks'),
    one('zip64', html5({ name: 'a.js', data: 'x', extra: Buffer.from([1, 0, 0, 0]) }), 'zip64'),
    one('an unusual compression', html5({ name: 'a.js', data: 'x', method: 12 }), 'zip_method', 'zip'),
    one('a program behind the archive', Buffer.concat([good, Buffer.from(script)]), 'zip'),
    one(
      'a script in the comment',
      zip([{ name: 'index.html', data: ENTRY_PAGE }], { comment: Buffer.from(script) }),
      'zip'
    ),
    one(
      'a second archive in a gap',
      zip([{ name: 'index.html', data: ENTRY_PAGE, lie: { at: good.length } }], { before: good }),
      'zip_gap'
    ),
    one('no page', zip([{ name: 'main.html', data: ENTRY_PAGE }]), 'zip_entry_page'),
  ]
}

function pages(): Hostile[] {
  return [
    one(
      'meta refresh',
      page('', '<meta http-equiv=" Refresh" content="0;url=https://evil.example">'),
      'html_refresh'
    ),
    one('base', page('', '<base href="https://evil.example/">'), 'html_element'),
    one('object', page('<object data="x.swf"></object>'), 'html_element'),
    one('frame with srcdoc', page('<iframe srcdoc="<script>1</script>"></iframe>'), 'html_element'),
    one('script from elsewhere', page('<script src="https://evil.example/x.js"></script>'), 'html_external'),
    one('script without scheme', page('<script src="//evil.example/x.js"></script>'), 'html_external'),
    one(
      'script with a tab in its scheme',
      page('<script src="ht\ttps://evil.example/x.js"></script>'),
      'html_external'
    ),
    one('picture that tracks', page('<img srcset="a.png 1x, https://evil.example/p 2x">'), 'html_external'),
    one('page in a data URL', page('<iframe src="data:text/html,x"></iframe>'), 'html_external'),
    one('link past the click', page('<a href="https://evil.example/">x</a>'), 'html_link'),
    one('style from elsewhere', page('<p style="background:url( //evil.example/x )">'), 'css_external'),
    one(
      'sheet that imports',
      html5({ name: 'a.css', data: '@import "https://evil.example/x.css";' }),
      'css_external'
    ),
    one('a program', html5({ name: 'x.exe', data: 'MZ' }), 'file_type'),
    one(
      'a page in UTF-16',
      html5({ name: 'b.html', data: Buffer.from(`\ufeff${script}`, 'utf16le') }),
      'file_type'
    ),
    one(
      '30,000 nested elements',
      page(Array.from({ length: 30_000 }, (_, at) => `<b>${at}`).join('')),
      'html_size'
    ),
    one(
      'a page whose size is no size',
      zip([{ name: 'index.html', data: '<meta name="ad.size" content="width=1e9,height=1">' }]),
      'ad_size'
    ),
  ]
}

function drawings(): Hostile[] {
  const doctype = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'
  const laughs = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><svg>&b;</svg>'
  return [
    one('SVG with script as a picture', SVG_WITH_SCRIPT, 'svg'),
    svg('SVG with script in a bundle', script, 'svg'),
    svg(
      'SVG with a prefixed script',
      '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
      'svg'
    ),
    svg('SVG with foreignObject', '<foreignObject><p>x</p></foreignObject>', 'svg'),
    svg('SVG with a handler', '<g onload="alert(1)"/>', 'svg'),
    svg('SVG with an external entity', doctype, 'svg'),
    svg('SVG with a billion laughs', laughs, 'svg'),
    svg('SVG with a style sheet', '<?xml-stylesheet href="https://evil.example/x.xsl"?><svg/>', 'svg'),
    svg('SVG with a reference elsewhere', '<use href="https://evil.example/x.svg#a"/>', 'svg_external'),
    svg(
      'SVG with a script link',
      '<a xlink:href="java&#10;script:alert(1)"><text>x</text></a>',
      'svg_external'
    ),
    svg('SVG that animates a link', '<a><set attributeName="href" to="javascript:alert(1)"/></a>', 'svg'),
  ]
}

function apng(png: Buffer, frames: number): Buffer {
  const control = Buffer.alloc(8)
  control.writeUInt32BE(frames, 0)
  const at = 8 + 25 // signature and IHDR
  return Buffer.concat([png.subarray(0, at), chunk('acTL', control), png.subarray(at)])
}

function gifHeader(width: number, height: number): Buffer {
  const bytes = Buffer.from(
    'GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\0\0\0\0\0\x02\x02D\x01\0;',
    'latin1'
  )
  for (const at of [6, 24]) {
    bytes.writeUInt16LE(width, at)
    bytes.writeUInt16LE(height, at + 2)
  }
  return bytes
}

async function images(): Promise<Hostile[]> {
  const png = await flat(300, 250).png().toBuffer()
  const jpeg = await flat(300, 250).jpeg().toBuffer()
  const webp = await flat(16, 16).webp({ lossless: true }).toBuffer()
  const jpegWide = Buffer.from(jpeg)
  jpegWide.writeUInt32BE(0xffffffff, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5)
  const webpWide = Buffer.from(webp)
  webpWide.writeUInt32LE(0x0fffffff, webp.indexOf('VP8L') + 9)
  const exif = await flat(30, 20)
    .withExif({ IFD0: { ImageDescription: script } })
    .jpeg()
    .toBuffer()
  const text = Buffer.concat([Buffer.from('tEXt-is-next')])
  const frames = Buffer.concat([
    gifHeader(1, 1).subarray(0, -1),
    ...Array.from({ length: 20_000 }, () => gifHeader(1, 1).subarray(19, -1)),
    Buffer.from(';'),
  ])
  const inflating = Buffer.concat([
    png.subarray(0, 33),
    chunk('iCCP', Buffer.concat([Buffer.from('x\0\0'), deflateSync(Buffer.alloc(8 * MEGA))])),
    png.subarray(33),
  ])
  return [
    one('PNG of 30,000 × 30,000', bitPng(30_000, 30_000), 'image_size'),
    one('GIF of 65,535 × 65,535', gifHeader(65_535, 65_535), 'image_size'),
    one('JPEG of 65,535 × 65,535', jpegWide, 'image_size', 'image'),
    one('WebP of 16,384 × 16,384', webpWide, 'image_size', 'image'),
    one('GIF of 20,001 frames', frames, 'image_frames', 'image'),
    one('PNG cut off', png.subarray(0, png.length - 40), 'image'),
    one(
      'picture of 30,000 × 30,000 in a bundle',
      html5({ name: 'a.png', data: bitPng(30_000, 30_000), method: 0 }),
      'image_size'
    ),
    one('JPEG called .png in a bundle', html5({ name: 'a.png', data: jpeg, method: 0 }), 'file_type'),
    one('a page called .png', html5({ name: 'a.png', data: script, method: 0 }), 'image_format'),
    { title: 'JPEG with a script in its EXIF', bytes: exif, codes: null, payload: script },
    {
      title: 'APNG that claims 4,000,000,000 frames',
      bytes: apng(png, 4_000_000_000),
      codes: null,
      payload: 'acTL',
    },
    { title: 'PNG whose colour profile inflates to 8 MB', bytes: inflating, codes: null, payload: 'iCCP' },
    {
      title: 'PNG with a page behind it',
      bytes: Buffer.concat([png, text, Buffer.from(script)]),
      codes: null,
      payload: script,
    },
    {
      title: 'PNG with a zip behind it',
      bytes: Buffer.concat([png, html5()]),
      codes: null,
      payload: 'PK\x03\x04',
    },
    {
      title: 'JPEG with a zip behind it',
      bytes: Buffer.concat([jpeg, html5()]),
      codes: null,
      payload: 'PK\x03\x04',
    },
  ]
}

function polyglots(): Hostile[] {
  const gifScript = Buffer.concat([Buffer.from('GIF89a/*'), Buffer.alloc(40), Buffer.from('*/=1;alert(1)//')])
  return [
    one('GIF that is a script', gifScript, 'image_size', 'image', 'image_frames'),
    one('script that is a GIF', html5({ name: 'a.js', data: 'GIF89a=1;alert(1)' }), 'polyglot'),
    one('script that is a PDF', html5({ name: 'a.js', data: '//\n%PDF-1.7\nalert(1)' }), 'polyglot'),
    one('PDF called .png', Buffer.from('%PDF-1.7\n1 0 obj<<>>endobj'), 'image_format'),
    one('page that is a RIFF file', html5({ name: 'a.html', data: 'RIFF<script>' }), 'polyglot'),
    one('font that is a page', html5({ name: 'a.woff2', data: script }), 'file_type'),
    one('film that is a page', html5({ name: 'a.mp4', data: script }), 'file_type'),
  ]
}
