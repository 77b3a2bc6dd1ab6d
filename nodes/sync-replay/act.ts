import type { Answer } from '../../lib/node/answer.ts';
import type { Store } from '../../lib/store/open.ts';
import type { Asked } from './request.ts';

const ACTS: Readonly<Record<Asked['action'], (store: Store, asked: Asked) => Promise<Answer>>> = {
  list: async ({ deadLetters }, { filter, limit }) => ok(await deadLetters.list(filter, limit)),
  groups: async ({ deadLetters }, { filter }) => ok(await deadLetters.groups(filter)),
  async replay(store, asked) {
    if (asked.mapping === 'today') return replayRunsOf(store, asked);
    const { filter, who, record } = asked;
    const ids = await store.deadLetters.replay(filter, { who, ...(record ? { record } : {}) });
    return missing(asked, ids) ?? ok({ replayed: ids.length, ids });
  },
  async discard({ deadLetters }, asked) {
    const ids = await deadLetters.discard(asked.filter, asked);
    return missing(asked, ids) ?? ok({ discarded: ids.length, ids });
  },
  async 'replay-run'({ runs }, { run, who }) {
    const answer = await runs.replay(run, who);
    if (!answer) return { statusCode: 404, payload: { error: `There is no run ${run}.` } };
    if ('refused' in answer) return { statusCode: 409, payload: { error: answer.refused } };
    return { statusCode: 202, payload: { ...answer.summary, newer: answer.newer } };
  },
};

/** Does what is asked, and answers as the routes do. */
export function act(store: Store, asked: Asked): Promise<Answer> {
  return ACTS[asked.action](store, asked);
}

/**
 * Gives the runs that the letters came from to the flow again, which maps their raw lines as it does today. A run takes
 * all its letters with it. What has no raw lines (any more) stays as it is, and the answer says why.
 */
async function replayRunsOf({ deadLetters, runs }: Store, asked: Asked): Promise<Answer> {
  const letters = await deadLetters.runsOf(asked.filter);
  const nothing = missing(asked, letters);
  if (nothing) return nothing;
  const replayed: object[] = [];
  const refused: { readonly run?: string; readonly error: string }[] = [];
  for (const { run, letters: count } of letters) {
    if (run === undefined) {
      const error = `${count} of the letters came of no run, so that there are no raw lines to map. Replay them with the mapping that they were made with.`;
      refused.push({ error });
      continue;
    }
    const answer = await runs.replay(run, asked.who);
    if (answer && 'summary' in answer) replayed.push({ ...answer.summary, newer: answer.newer });
    else refused.push({ run, error: answer?.refused ?? `There is no run ${run}.` });
  }
  const error = refused.map(({ error }) => error).join(' ');
  const payload = {
    mapping: 'today',
    replayed: replayed.length,
    runs: replayed,
    ...(refused.length > 0 ? { error, refused } : {}),
  };
  return { statusCode: replayed.length > 0 || refused.length === 0 ? 202 : 409, payload };
}

function ok(payload: unknown): Answer {
  return { statusCode: 200, payload };
}

/** 404 where one letter is asked for that is none any more. */
function missing({ one, filter }: Asked, found: readonly unknown[]): Answer | undefined {
  if (!one || found.length > 0) return undefined;
  const error = `${filter.ids?.[0]} is no dead letter: perhaps it was replayed or discarded.`;
  return { statusCode: 404, payload: { error } };
}
