import { render } from 'preact'
import './style.css'
import { Page } from './page.js'
import { go } from './state/route.js'
import { Store } from './state/store.js'
import { bring, upload } from './state/uploads.js'
import { StoreProvider } from './state/use-store.js'
import { filesOf } from './view/dropped.js'

const place = document.getElementById('page')
const store = new Store()
store.start()

// What is dropped anywhere is brought: a browser would leave the page and show the file.
addEventListener('dragover', (event) => event.preventDefault())
addEventListener('drop', (event) => {
  event.preventDefault()
  if (!event.dataTransfer?.types.includes('Files') || !store.project.value?.writable) return
  void filesOf(event.dataTransfer).then((files) => {
    go('bring')
    return bring(store, files)
  })
})
addEventListener('beforeunload', (event) => {
  if (upload.value && upload.value.done < upload.value.total) event.preventDefault()
})

if (place)
  render(
    <StoreProvider value={store}>
      <Page />
    </StoreProvider>,
    place,
  )
