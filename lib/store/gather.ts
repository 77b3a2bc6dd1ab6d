/**
 * Does together what is asked for at the same time: the first by itself, and what comes meanwhile after it, up to `most`
 * in one go. A commit for twenty costs little more than a commit for one. What fails together is tried again one by one,
 * so that each gets its own failure.
 *
 * @param work does the items, all or none; answers one for each, in order
 */
export function gatherer<Item, Answer>(
  work: (items: readonly Item[]) => Promise<readonly Answer[]>,
  most: number,
): (item: Item) => Promise<Answer> {
  type Asked = { readonly item: Item; readonly answer: PromiseWithResolvers<Answer> };
  const waiting: Asked[] = [];
  let working = false;

  const doTogether = async (some: readonly Asked[]): Promise<void> => {
    try {
      const answers = await work(some.map(({ item }) => item));
      some.forEach(({ answer }, at) => void answer.resolve(answers[at] as Answer));
    } catch (error) {
      if (some.length === 1) some[0]?.answer.reject(error);
      else for (const one of some) await doTogether([one]);
    }
  };

  const doAll = async (): Promise<void> => {
    working = true;
    while (waiting.length > 0) await doTogether(waiting.splice(0, most));
    working = false;
  };

  return (item) => {
    const answer = Promise.withResolvers<Answer>();
    waiting.push({ item, answer });
    if (!working) void doAll();
    return answer.promise;
  };
}
