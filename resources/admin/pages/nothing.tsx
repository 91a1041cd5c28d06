import { Layout, type Frame } from '../components/layout.tsx'

type Props = Frame & { text: string }

/** A place that holds nothing for this person, and says why. */
export default function NothingPage(props: Props) {
  return (
    <Layout frame={props}>
      <h1>{props.title}</h1>
      <div class="card empty">
        <strong>Not part of the role “{props.viewer.role}”</strong>
        <p>{props.text}</p>
      </div>
    </Layout>
  )
}
