import { For, Show } from 'solid-js'

type Slot = { id: string; name: string; sizes: string; width: number; height: number }
type Article = { kicker: string; title: string; text: string }
type Props = {
  publisher: {
    slug: string
    name: string
    motto: string
    sections: string[]
    keywords: string
    other: { slug: string; name: string }
  }
  lead: { kicker: string; title: string; standfirst: string; author: string; paragraphs: string[] }
  articles: Article[]
  slots: Record<string, Slot>
  scriptUrl: string
}

/** One placement as a publisher puts it on a page: a container and nothing else. */
function Ad(props: { slot: Slot | undefined; keywords: string; class: string }) {
  return (
    <Show when={props.slot}>
      {(slot) => (
        <aside class={`ad ${props.class}`} aria-label="Advertisement">
          <p class="ad-label">Advertisement</p>
          <div data-placard={slot().id} data-sizes={slot().sizes} data-keywords={props.keywords} />
        </aside>
      )}
    </Show>
  )
}

/** A publisher's page with live placements. */
export default function DemoPage(props: Props) {
  const ad = (name: string) => props.slots[name]
  return (
    <div class={`paper ${props.publisher.slug}`}>
      <header class="masthead">
        <div class="top">
          <span>Demo publisher</span>
          <span>
            <a href={`/demo?site=${props.publisher.other.slug}`}>{props.publisher.other.name}</a> ·{' '}
            <a href="/login">Placard admin</a>
          </span>
        </div>
        <p class="title">{props.publisher.name}</p>
        <p class="motto">{props.publisher.motto}</p>
        <nav aria-label="Sections">
          <For each={props.publisher.sections}>{(section) => <span>{section}</span>}</For>
        </nav>
      </header>
      <Ad slot={ad('billboard')} keywords={props.publisher.keywords} class="billboard" />
      <Ad slot={ad('mobile')} keywords={props.publisher.keywords} class="mobile" />
      <div class="columns">
        <main>
          <article class="lead">
            <p class="kicker">{props.lead.kicker}</p>
            <h1>{props.lead.title}</h1>
            <p class="standfirst">{props.lead.standfirst}</p>
            <p class="by">By {props.lead.author}</p>
            <For each={props.lead.paragraphs}>{(text) => <p>{text}</p>}</For>
          </article>
          <Ad slot={ad('leaderboard')} keywords={props.publisher.keywords} class="leaderboard" />
          <div class="cards">
            <For each={props.articles}>
              {(article) => (
                <article>
                  <p class="kicker">{article.kicker}</p>
                  <h2>{article.title}</h2>
                  <p>{article.text}</p>
                </article>
              )}
            </For>
          </div>
        </main>
        <div class="rail">
          <Ad slot={ad('rectangle')} keywords={props.publisher.keywords} class="rectangle" />
          <Ad slot={ad('halfpage')} keywords={props.publisher.keywords} class="halfpage" />
        </div>
      </div>
      <footer>
        <p>
          A made-up publication. Every ad here was chosen by the engine on this machine, for this page view.
          Reload for another choice.
        </p>
      </footer>
      <script async src={props.scriptUrl} />
    </div>
  )
}
