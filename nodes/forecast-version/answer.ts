import type { Answer } from '../../lib/node/answer.ts';
import type { Store } from '../../lib/store/open.ts';
import type { VersionState } from '../../lib/store/schema.ts';
import type { Decided } from '../../lib/store/versions/approval.ts';
import type { Version } from '../../lib/store/versions/read.ts';
import type { Asked } from './request.ts';

const STATUS = { missing: 404, state: 409, person: 403 } as const;

/** Answers what is asked of the versions. `who` is the person who decides, as far as it is a decision. */
export async function answer(store: Store, asked: Asked, standard: string, who: string): Promise<Answer> {
  const { versions } = store;
  const name = asked.interface ?? standard;
  const good = (payload: unknown, statusCode = 200): Answer => ({ statusCode, payload });

  if (asked.action === 'list') {
    const filter = { interface: asked.interface, state: asked.state as VersionState | undefined, run: asked.run };
    return good(await versions.list(filter, asked.limit));
  }
  if (asked.action === 'lineage') {
    const { product, location, model = '', record = 0 } = asked;
    return good(await versions.lineage(product ? { product, location } : { model, record }));
  }
  if (asked.action === 'baseline') return baseline(store, asked, name);

  const version = await versionOf(store, asked);
  if (!version) return { statusCode: 404, payload: { error: `There is no version of ${asked.version ?? `run ${asked.run}`}.` } };
  const decision = { who, comment: asked.comment };
  switch (asked.action) {
    case 'show':
      return good(version);
    case 'preview':
      return good(await versions.preview(version.id));
    case 'approve':
      return decided(await versions.approve(version.id, decision, asked.refusedGroups));
    case 'refuse':
      return decided(await versions.refuse(version.id, decision));
    case 'release':
      return decided(await versions.releaseAgain(version.id, decision));
    case 'roll-back':
      return decided(await versions.takeBack(version.id, decision));
  }
}

function decided(came: Decided): Answer {
  return 'version' in came
    ? { statusCode: 202, payload: came.version }
    : { statusCode: STATUS[came.because], payload: { error: came.refused } };
}

async function versionOf({ versions, runs }: Store, { version, run }: Asked): Promise<Version | undefined> {
  const id = version ?? (run && (await runs.summary(run))?.version);
  return id ? versions.show(id) : undefined;
}

async function baseline({ versions }: Store, { product, location }: Asked, name: string): Promise<Answer> {
  const version = await versions.baseline(name);
  if (!version) return { statusCode: 404, payload: { error: `No version of ${name} is released yet.` } };
  const items =
    product && location ? await versions.items.of(version.id, [{ product, location }]) : await versions.items.all(version.id);
  const wanted = items.filter((item) => (!product || item.product === product) && (!location || item.location === location));
  const { id, releasedOn } = version;
  const lines = wanted.flatMap(({ product, location, uom, periods }) =>
    periods.map(({ period, quantity }) => ({ product, location, period, quantity, uom })),
  );
  return { statusCode: 200, payload: { version: id, interface: name, releasedOn, lines } };
}
