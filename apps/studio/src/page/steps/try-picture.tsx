import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { Camera } from '../parts/camera.js'
import { DropZone } from '../parts/drop-zone.js'
import { Asking } from '../state/asking.js'
import { useStore } from '../state/use-store.js'
import { kindOf } from '../view/dropped.js'
import { AnswerCard, labelIn, labelOfKey, Reasons } from './answer-card.js'

let shown = 0

export function TryPicture() {
  const store = useStore()
  const asking = useMemo(() => new Asking(store), [])
  const picture = useSignal<{ readonly blob: Blob; readonly url: string; readonly live: boolean } | undefined>(
    undefined,
  )
  const live = useSignal(false)
  const show = async (blob: Blob, fromCamera: boolean): Promise<void> => {
    if (picture.value) URL.revokeObjectURL(picture.value.url)
    picture.value = { blob, url: URL.createObjectURL(blob), live: fromCamera }
    const question = { query: { base64: await base64Of(blob) }, unknown: true }
    if (!fromCamera) return asking.ask(question)
    // Answers of the camera come one after another: the next is taken when the last was answered. Reasons would be late.
    const answered = await store.attempt(() => store.studio.ask(question))
    if (answered) asking.answered.value = answered
    asking.explained.value = undefined
  }
  useEffect(() => () => asking.clear(false), [])
  const add = async (label: string): Promise<void> => {
    const now = picture.value
    const name = `tried-${Date.now()}-${++shown}.${now?.blob.type === 'image/png' ? 'png' : 'jpg'}`
    const added = now && (await store.attempt(() => store.studio.addFile(name, now.blob, label)))
    if (added) store.say(added.added > 0 ? `Added as ${store.labelInWords(label)}.` : 'It was among the data already.')
  }
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.target as HTMLElement).closest('input, textarea, select, button, a, dialog')) return
      const label = labelOfKey(
        event,
        store.labelNames.value,
        labelIn(asking.answered.value?.answers[0]?.answer, store.labelNames.value),
      )
      if (label === undefined) return
      event.preventDefault()
      void add(label)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <>
      <div class="grid">
        <div class="stack">
          <DropZone
            disabled={false}
            folders={false}
            onFiles={(files) => {
              const file = files.find(({ name }) => kindOf(name) === 'picture')?.file
              if (file) void show(file, false)
              else store.say('Expected a picture, such as .jpg or .png.', true)
            }}
          >
            <p>Drop a picture, or show it to the camera</p>
          </DropZone>
          <div class="card">
            <label class="row" style={{ flexWrap: 'nowrap' }}>
              <input
                type="checkbox"
                checked={live.value}
                style={{ width: '18px', height: '18px' }}
                onChange={(event) => (live.value = event.currentTarget.checked)}
              />
              Answer all the time
            </label>
            <Camera button="Take a picture" live={live.value} onPicture={(blob) => show(blob, live.value)} />
          </div>
        </div>
        <div class="stack">
          {!picture.value && <p class="empty">What it makes of it will stand here.</p>}
          {picture.value && !picture.value.live && (
            <img class="shot" src={picture.value.url} alt="What is asked about" />
          )}
          {asking.answered.value && <AnswerCard answered={asking.answered.value} onAdd={(label) => void add(label)} />}
        </div>
      </div>
      <Reasons explained={asking.explained.value} pending={asking.explaining.value} />
    </>
  )
}

async function base64Of(blob: Blob): Promise<string> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve(reader.result as string))
    reader.addEventListener('error', () => reject(reader.error as DOMException))
    reader.readAsDataURL(blob)
  })
  return url.slice(url.indexOf(',') + 1)
}
