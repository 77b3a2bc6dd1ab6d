/** What a look-up gives for one value. */
export type Found = { readonly value: unknown } | { readonly error: 'unknown' | 'ambiguous' };

/** How a product is supplied and from which warehouse; what the route depends on. */
export type RouteWanted = { readonly supply: string; readonly warehouse: string };

/** Where the engine looks values up in bulk: once a distinct look-up and batch, never once a record. */
export type Lookups = {
  /**
   * @param by the field that holds the values, or `external_id`
   * @param take the field to answer with; many2one fields answer with the id
   * @param domain further conditions
   * @returns one entry for each of `values`
   */
  resolve(
    model: string,
    by: string,
    values: readonly unknown[],
    take: string,
    domain?: readonly unknown[],
  ): Promise<Map<unknown, Found>>;
  /** The route to put on a reordering rule; `undefined` where the database has none, or needs none. One answer for each wanted. */
  routes(wanted: readonly RouteWanted[]): Promise<readonly (number | undefined)[]>;
};
