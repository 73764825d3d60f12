import { DataError } from '@headstart/core/kit'

/** What a column of a shop's tables can hold. */
export const columnRoles = [
  'user',
  'item',
  'timestamp',
  'rating',
  'quantity',
  'title',
  'price',
  'category',
  'event',
] as const
export type ColumnRole = (typeof columnRoles)[number]

/** Names of columns where they are not the usual ones. */
export type ColumnNames = Partial<Readonly<Record<ColumnRole, string>>>

/**
 * Other names under which columns are found, in small letters and without `_`, spaces or points; the most usual first: those of
 * research data, of the exports of shops (`Lineitem sku`), and of spreadsheets in other languages.
 */
const usualNames: Readonly<Record<ColumnRole, readonly string[]>> = {
  user: [
    'userid',
    'customer',
    'customerid',
    'client',
    'clientid',
    'visitor',
    'visitorid',
    'household',
    'householdid',
    'session',
    'sessionid',
    'reviewerid',
    'uid',
    'email',
    'customeremail',
    'billingemail',
    'kunde',
    'kundennummer',
    'kundennr',
    'kundenid',
    'nutzer',
    'benutzer',
    'utilisateur',
    'usuario',
    'utente',
    'cliente',
    'klant',
  ],
  item: [
    'itemid',
    'product',
    'productid',
    'sku',
    'article',
    'articleid',
    'stockcode',
    'movie',
    'movieid',
    'asin',
    'parentasin',
    'lineitemsku',
    'variantsku',
    'artikelnummer',
    'artikelnr',
    'artikelid',
    'produktnummer',
    'produktid',
    'artikel',
    'produkt',
    'produit',
    'producto',
    'prodotto',
    'lineitemname',
    'productname',
    'id',
  ],
  timestamp: [
    'time',
    'date',
    'datetime',
    'createdat',
    'purchasedat',
    'orderdate',
    'invoicedate',
    'unixreviewtime',
    'eventtime',
    'tdat',
    'ts',
    'unixtime',
    'visitdate',
    'datum',
    'bestelldatum',
    'kaufdatum',
    'rechnungsdatum',
    'zeitpunkt',
    'zeitstempel',
    'fecha',
  ],
  rating: ['stars', 'score', 'overall', 'bewertung', 'sterne', 'puntuación', 'valoración', 'valutazione', 'voto'],
  quantity: [
    'qty',
    'count',
    'units',
    'pieces',
    'lineitemquantity',
    'menge',
    'anzahl',
    'quantité',
    'cantidad',
    'quantità',
  ],
  title: [
    'productname',
    'prodname',
    'itemname',
    'booktitle',
    'lineitemname',
    'bezeichnung',
    'artikelbezeichnung',
    'artikelname',
    'titel',
    'name',
    'description',
  ],
  price: ['unitprice', 'listprice', 'lineitemprice', 'preis', 'einzelpreis', 'prix', 'precio', 'prezzo'],
  category: [
    'department',
    'genre',
    'genres',
    'categories',
    'producttype',
    'producttypename',
    'productgroupname',
    'categorycode',
    'categoryname',
    'kategorie',
    'warengruppe',
    'catégorie',
    'categoría',
    'categoria',
  ],
  event: ['eventtype', 'action', 'behavior', 'behaviortype'],
}

/** A name in small letters, without `_`, spaces or points. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]/g, '')
}

/** Whether a column of this name is found without being named. */
export function isUsualName(name: string): boolean {
  return columnRoles.some((role) => role === plain(name) || usualNames[role].includes(plain(name)))
}

/** Finds the columns of a table. */
export class ColumnFinder {
  constructor(
    readonly path: string,
    /** The table's columns. */
    readonly columns: readonly string[],
    readonly named: ColumnNames,
    readonly onNotice: (message: string) => void,
  ) {}

  /**
   * The column of this role: the named one, else that of the role's name, else the first of some usual names, which is
   * said; undefined when there is none.
   * @param vague Names that say too little in this table.
   * @throws DataError when a named column does not exist.
   */
  find(role: ColumnRole, vague: readonly string[] = []): string | undefined {
    const named = this.named[role]
    if (named !== undefined) {
      if (this.columns.includes(named)) return named
      throw new DataError(this.path, `a column "${named}"`, `the columns ${this.#list()}`, 'Check the name.')
    }
    const found = [role, ...usualNames[role]]
      .filter((usual) => !vague.includes(usual))
      .flatMap((usual) => this.columns.filter((name) => plain(name) === usual))[0]
    if (found !== undefined && plain(found) !== role) {
      this.onNotice(
        `${this.path}: the column "${found}" is taken for the ${role}. If that is wrong, name it with the option columns.${role} (on the command line: --column ${role}=NAME).`,
      )
    }
    return found
  }

  /** @throws DataError that lists the columns when there is none of this role. */
  need(role: ColumnRole): string {
    const found = this.find(role)
    if (found !== undefined) return found
    throw new DataError(
      this.path,
      `a column "${role}"`,
      `the columns ${this.#list()}`,
      `Rename the column of the ${role}, or name it with the option columns.${role} (on the command line: --column ${role}=NAME).`,
    )
  }

  #list(): string {
    return this.columns.map((name) => `"${name}"`).join(', ')
  }
}
