import { CLICK_TAG_MARK } from '#modules/campaigns/services/bundles/entry_page'

/**
 * Puts the script with the click address into an entry page. The address comes in the query (`?clickTag=`), where
 * `getParameterByName('clickTag')` finds it; `window.clickTag` answers it too and cannot be overwritten, so a banner's own
 * `var clickTag = "…"` keeps its value to itself. Only click addresses of ours are taken: an entry page that somebody links
 * to with another address in its query opens nothing.
 *
 * Browsers do not follow `javascript:` links in a sandboxed frame, and banners are full of them
 * (`javascript:window.open(window.clickTag)`): the script runs such a link when it is clicked.
 *
 * @param origin delivery origin, from the configuration
 */
export function withClickTag(html: string, origin: string): string {
  const prefix = JSON.stringify(`${origin}/t/c/`).replace(/</g, '\\u003c')
  const script =
    `<script>(function(){var u=new URLSearchParams(location.search).get("clickTag")||"";` +
    `if(u.indexOf(${prefix})!==0)u="about:blank";` +
    `["clickTag","clickTAG"].forEach(function(n){Object.defineProperty(window,n,{get:function(){return u},set:function(){}})});` +
    `document.addEventListener("click",function(e){` +
    `var a=!e.defaultPrevented&&e.target.closest&&e.target.closest("a[href],area[href]");` +
    `var h=a?a.getAttribute("href").trim():"";if(!/^javascript:/i.test(h))return;` +
    `e.preventDefault();(0,eval)(decodeURIComponent(h.slice(11)))})})()</script>`
  return html.replace(CLICK_TAG_MARK, () => script)
}
