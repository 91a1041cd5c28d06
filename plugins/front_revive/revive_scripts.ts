import { scriptValue } from '#modules/kernel/web_text'

/**
 * The script of asynchronous tags: finds `<ins data-revive-zoneid data-revive-id>`, asks for all of them at once and
 * puts what comes where they are. Sends no cookie.
 *
 * @param url absolute, of `asyncspc.php`
 */
export function asyncScript(url: string): string {
  return `(function (page, root) {
  var url = ${scriptValue(url)}, round = 0;
  function attributesOf(slot, query) {
    for (var i = 0; i < slot.attributes.length; i++) {
      var found = /^data-revive-(.+)$/.exec(slot.attributes[i].name);
      if (found && found[1] !== 'id' && found[1] !== 'zoneid') query[found[1]] = slot.attributes[i].value;
    }
  }
  function show(answer) {
    for (var id in answer) {
      var slot = page.getElementById(id);
      if (!slot || !answer[id].html) continue;
      slot.innerHTML = answer[id].html;
      slot.style.textDecoration = 'none';
    }
  }
  function ask(query) {
    var words = [], call = new XMLHttpRequest();
    for (var name in query) words.push(encodeURIComponent(name) + '=' + encodeURIComponent(query[name]));
    call.onload = function () { if (call.status === 200) show(JSON.parse(call.responseText)); };
    call.open('GET', url + '?' + words.join('&'), true);
    call.send();
  }
  function fill() {
    var slots = page.querySelectorAll('ins[data-revive-zoneid]'), zones = [], query = {};
    var prefix = 'revive-' + round++ + '-';
    for (var i = 0; i < slots.length; i++) {
      if (slots[i].getAttribute('data-revive-seq') !== null) continue;
      slots[i].setAttribute('data-revive-seq', String(zones.length));
      attributesOf(slots[i], query);
      slots[i].id = prefix + zones.length;
      zones.push(slots[i].getAttribute('data-revive-zoneid'));
    }
    delete query.seq;
    if (!zones.length) return;
    query.zones = zones.join('|');
    query.prefix = prefix;
    query.loc = root.location.href;
    if (page.referrer) query.referer = page.referrer;
    ask(query);
  }
  if (root.placardReviveAsync) return;
  root.placardReviveAsync = { fill: fill };
  if (page.readyState === 'loading') page.addEventListener('DOMContentLoaded', fill);
  else fill();
})(document, window);
`
}

/**
 * The script of single page calls: asks for the zones that the page names in \`OA_zones\`, or for all of the
 * publisher, before the page goes on; \`OA_show(name)\` then writes one.
 *
 * @param url   absolute, of `spc.php`
 * @param zones numbers of the publisher's zones
 */
export function singleCallScript(url: string, zones: readonly number[]): string {
  return `var OA_output = [];
(function (page, root) {
  var named = root.OA_zones, words = [], query;
  for (var name in named) words.push(name + '=' + named[name]);
  query = named ? 'nz=1&zones=' + encodeURIComponent(words.join('|'))
    : 'zones=' + encodeURIComponent(${scriptValue(zones.join('|'))});
  if (root.OA_source) query += '&source=' + encodeURIComponent(root.OA_source);
  query += '&loc=' + encodeURIComponent(root.location.href) + '&r=' + Math.floor(Math.random() * 99999999);
  if (page.referrer) query += '&referer=' + encodeURIComponent(page.referrer);
  root.OA_show = function (name) { if (root.OA_output[name]) page.write(root.OA_output[name]); };
  page.write('<script src="' + ${scriptValue(url)} + '?' + query + '"><\\/script>');
})(document, window);
`
}

/** Writes HTML where the script stands. */
export function writeScript(html: string): string {
  return html === '' ? '' : `document.write(${scriptValue(html)});\n`
}

/** The answer to a single page call: HTML by name. */
export function outputScript(zones: readonly { readonly name: string; readonly html: string }[]): string {
  const lines = zones.map(({ name, html }) => `OA_output[${scriptValue(name)}] = ${scriptValue(html)};\n`)
  return `var OA_output = [];\n${lines.join('')}`
}

/** The document of an iframe tag. */
export function frameDocument(html: string): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Advertisement</title>' +
    '<base target="_blank"><style>html,body{margin:0;padding:0;overflow:hidden}img,iframe{display:block}</style>' +
    `</head><body>${html}</body></html>`
  )
}
