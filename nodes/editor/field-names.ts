/** A field of a model, as the runtime's admin route tells it. */
export type Field = {
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  /** The model that it leads to. */
  readonly relation?: string;
};

/** The name that is being typed: what stands before it (earlier names of a list, a path), and the path's fields. */
export type Typed = { readonly before: string; readonly path: readonly string[]; readonly name: string };

/** Takes apart what was typed so far: `state, product_id.na` is `na`, reached by `product_id`. */
export function typedName(text: string, many: boolean): Typed {
  const cut = many ? text.lastIndexOf(',') + 1 : 0;
  const steps = text.slice(cut).trimStart().split('.');
  const name = steps.pop() ?? '';
  const lead = cut > 0 ? `${text.slice(0, cut).trimEnd()} ` : '';
  return { before: lead + steps.map((step) => `${step}.`).join(''), path: steps, name: name.toLowerCase() };
}

/** What fits a search, best first: what is the same, what begins with it, what holds it in its name or its label. */
export function bestFirst<T>(items: readonly T[], typed: string, textsOf: (item: T) => readonly string[]): T[] {
  const search = typed.toLowerCase();
  const rank = (item: T) => {
    const [name = '', ...others] = textsOf(item).map((text) => text.toLowerCase());
    if (name === search) return 0;
    if (name.startsWith(search)) return 1;
    return name.includes(search) ? 2 : others.some((text) => text.includes(search)) ? 3 : 4;
  };
  return items
    .map((item) => ({ item, rank: rank(item) }))
    .filter((ranked) => ranked.rank < 4)
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
