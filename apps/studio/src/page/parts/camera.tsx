import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from './icons.js'

interface CameraProps {
  /** Called with each picture that is taken: a JPEG of at most 640 pixels. */
  readonly onPicture: (picture: Blob) => Promise<void> | void
  readonly button: string
  /** Takes one after another, as soon as the last was dealt with. */
  readonly live?: boolean
}

/** The camera, which stays off until somebody turns it on. Its pictures go nowhere but to `onPicture`. */
export function Camera({ onPicture, button, live = false }: CameraProps) {
  const video = useRef<HTMLVideoElement>(null)
  const [stream, setStream] = useState<MediaStream>()
  const [trouble, setTrouble] = useState('')
  const handler = useRef(onPicture)
  handler.current = onPicture

  useEffect(() => {
    if (video.current) video.current.srcObject = stream ?? null
    return () => stream?.getTracks().forEach((track) => track.stop())
  }, [stream])
  useEffect(() => {
    if (!stream || !live) return undefined
    const ended = new AbortController()
    const turn = async (): Promise<void> => {
      while (!ended.signal.aborted) {
        const picture = await snapshot(video.current)
        if (picture && !ended.signal.aborted) await handler.current(picture)
        await new Promise((resolve) => setTimeout(resolve, 150))
      }
    }
    void turn()
    return () => ended.abort()
  }, [stream, live])

  const start = async (): Promise<void> => {
    setTrouble('')
    try {
      setStream(await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 } } }))
    } catch (error) {
      setTrouble(`The camera cannot be used: ${(error as Error).message}. Allow it in the browser, and try again.`)
    }
  }
  if (!stream)
    return (
      <div class="stack">
        <div>
          <button type="button" onClick={() => void start()}>
            <Icon name="camera" /> Turn the camera on
          </button>
        </div>
        {trouble && (
          <p class="bad small" role="alert">
            {trouble}
          </p>
        )}
      </div>
    )
  return (
    <div class="stack">
      <video ref={video} autoplay playsInline muted aria-label="What the camera sees" />
      <div class="row">
        {!live && (
          <button
            type="button"
            class="main"
            onClick={async () => {
              const picture = await snapshot(video.current)
              if (picture) await onPicture(picture)
            }}
          >
            {button}
          </button>
        )}
        <button type="button" onClick={() => setStream(undefined)}>
          Turn it off
        </button>
      </div>
    </div>
  )
}

async function snapshot(video: HTMLVideoElement | null): Promise<Blob | undefined> {
  if (!video || video.videoWidth === 0) return undefined
  const scale = Math.min(1, 640 / Math.max(video.videoWidth, video.videoHeight))
  const canvas = new OffscreenCanvas(Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale))
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height)
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })
}
