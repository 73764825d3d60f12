/** Makes assets/drawings, small drawings of animals and of food in one file, from an npm package. The same one gives the same bytes. */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { writeAssets } from '../../../scripts/write-assets.js'

const source = '@iconify-json/noto'
const require = createRequire(import.meta.url)
const { version } = require(`${source}/package.json`) as { version: string }
const { icons } = require(`${source}/icons.json`) as { icons: Readonly<Record<string, { readonly body: string }>> }

/** Names of the drawings, of which one in four is measured on. */
const classes = {
  animal: `ant baby-chick bat bear beaver bison black-bird blowfish bug butterfly camel cat chipmunk cow crab cricket
    crocodile deer dodo dog dolphin donkey dove duck eagle elephant ewe fish flamingo fox frog giraffe goat goose
    gorilla hamster hedgehog hippopotamus honeybee horse jellyfish kangaroo koala lady-beetle leopard lizard lobster
    monkey moose mouse octopus otter owl ox parrot peacock penguin pig rabbit raccoon rhinoceros rooster seal shark
    shrimp sloth snail snake spider squid swan tiger turkey turtle whale wolf`,
  food: `avocado bacon bagel baguette-bread banana beer-mug bell-pepper birthday-cake blueberries bread broccoli
    brown-mushroom burrito butter candy carrot cheese-wedge cherries chestnut chocolate-bar cocktail-glass coconut
    cooked-rice cookie croissant cucumber cupcake curry-rice custard doughnut dumpling ear-of-corn egg eggplant
    french-fries garlic glass-of-milk grapes green-apple green-salad hamburger hot-beverage hot-dog hot-pepper
    ice-cream kiwi-fruit leafy-green lemon lollipop mango melon olive onion pancakes peach peanuts pear pie
    pineapple pizza popcorn potato poultry-leg pretzel red-apple rice-ball sandwich soft-ice-cream spaghetti
    strawberry sushi taco tomato waffle watermelon wine-glass`,
}
/** Pixels of each side. */
const size = 96

const pictures: Record<string, string> = {}
for (const [label, names] of Object.entries(classes)) {
  for (const [place, name] of names.split(/\s+/).entries()) {
    const icon = icons[name]
    if (!icon) throw new Error(`${source} ${version}: expected a drawing "${name}", got none.`)
    const head = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    const svg = `<svg ${head} viewBox="0 0 128 128" width="${size}" height="${size}">${icon.body}</svg>`
    const jpeg = sharp(Buffer.from(svg)).flatten({ background: 'white' }).jpeg({ quality: 75, mozjpeg: true })
    const part = place % 4 === 3 ? 'test' : 'train'
    pictures[`${part}/${label}/${name}.jpg`] = (await jpeg.toBuffer()).toString('base64')
  }
}

await writeAssets(fileURLToPath(new URL('../assets/drawings', import.meta.url)), {
  'pictures.json': JSON.stringify(pictures),
  NOTICE: `Drawings of animals and of food: those in train are there to learn from, those in test to be measured on

Noto Emoji, Copyright Google LLC (https://github.com/googlefonts/noto-emoji). Licensed under the Apache License, Version 2.0
(https://www.apache.org/licenses/LICENSE-2.0).

From the npm package ${source} ${version}. Changed: drawn on white, as JPEG pictures of ${size} pixels.
`,
})
