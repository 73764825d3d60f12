import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { type Dropped, filesChosen, filesOf } from '../view/dropped.js'
import { Icon } from './icons.js'

interface DropZoneProps {
  readonly onFiles: (files: readonly Dropped[]) => void
  readonly disabled: boolean
  /** Whether there is a button for whole folders. Default true. */
  readonly folders?: boolean
  readonly children: ComponentChildren
}

/** Where files and folders are dropped, or chosen. */
export function DropZone({ onFiles, disabled, folders = true, children }: DropZoneProps) {
  const [over, setOver] = useState(false)
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const chosen = (input: HTMLInputElement): void => {
    if (input.files) onFiles(filesChosen(input.files))
    input.value = ''
  }
  return (
    <div
      class={`drop${over ? ' over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(!disabled)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        // What is dropped beside it means something else to the page.
        event.stopPropagation()
        setOver(false)
        if (event.dataTransfer && !disabled) void filesOf(event.dataTransfer).then(onFiles)
      }}
    >
      <Icon name="drop" size={34} />
      {children}
      <div class="row" style={{ justifyContent: 'center' }}>
        <button type="button" class="main" disabled={disabled} onClick={() => files.current?.click()}>
          Choose files
        </button>
        {folders && (
          <button type="button" disabled={disabled} onClick={() => folder.current?.click()}>
            Choose a folder
          </button>
        )}
      </div>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        data-files="files"
        onChange={(event) => chosen(event.currentTarget)}
      />
      <input
        ref={(element) => {
          folder.current = element
          if (element) element.webkitdirectory = true
        }}
        type="file"
        multiple
        hidden
        data-files="folder"
        onChange={(event) => chosen(event.currentTarget)}
      />
    </div>
  )
}
