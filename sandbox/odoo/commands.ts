import type { Values } from './behaviour.ts';
import type { Env } from './env.ts';
import { OdooFault, repr } from './errors.ts';
import type { Field } from './schema.ts';
import { deleteRecords } from './unlink.ts';
import { createRecord, writeRecords } from './write.ts';

/**
 * Runs the commands of a list of records: `[0, 0, values]` create, `[1, id, values]` write, `[2, id]` delete, `[3, id]` take
 * off, `[4, id]` put on, `[5]` take all off, `[6, 0, ids]` exactly these. Plain ids mean "exactly these".
 */
export function runCommands(env: Env, model: string, id: number, field: Field, value: unknown): void {
  if (value === false || value === null || value === undefined) return;
  if (!Array.isArray(value)) throw new OdooFault('value', `Wrong value for ${model}.${field.name}: ${repr(value)}`);
  const commands = value.every((item) => typeof item === 'number') ? [[6, 0, value]] : value;
  for (const command of commands) {
    if (!Array.isArray(command)) throw new OdooFault('value', `Wrong value for ${model}.${field.name}: ${repr(value)}`);
    if (field.type === 'one2many') ofChildren(env, id, field, command);
    else ofList(env, model, id, field, command);
  }
}

function ofChildren(env: Env, id: number, field: Field, [command, target, argument]: unknown[]): void {
  const relation = field.relation!;
  const inverse = field.inverse!;
  const child = Number(target);
  const held = () => [...env.with({ active_test: false }).store.table(relation).having(inverse, id)];
  const takeOff = (ids: readonly number[]) => {
    if (env.field(relation, inverse)?.required) deleteRecords(env, relation, ids);
    else writeRecords(env, relation, ids, { [inverse]: false });
  };
  if (command === 0) createRecord(env, relation, { ...(argument as Values), [inverse]: id });
  else if (command === 1) writeRecords(env, relation, [child], argument as Values);
  else if (command === 2) deleteRecords(env, relation, [child]);
  else if (command === 3) takeOff([child]);
  else if (command === 4) writeRecords(env, relation, [child], { [inverse]: id });
  else if (command === 5) takeOff(held());
  else if (command === 6) {
    const wanted = new Set(argument as number[]);
    takeOff(held().filter((one) => !wanted.has(one)));
    writeRecords(env, relation, [...wanted], { [inverse]: id });
  }
}

function ofList(env: Env, model: string, id: number, field: Field, [command, target, argument]: unknown[]): void {
  const relation = field.relation!;
  const row = env.row(model, id);
  const held = (row[field.name] as readonly number[] | null) ?? [];
  const one = Number(target);
  const put = (ids: readonly number[]) => {
    const unknown = ids.find((each) => !env.exists(relation, each));
    if (unknown !== undefined)
      throw new OdooFault('validation', `The operation cannot be completed: ${relation},${unknown} does not exist.`);
    env.store.put(model, { ...env.row(model, id), [field.name]: [...new Set(ids)] });
  };
  if (command === 0) put([...held, createRecord(env, relation, argument as Values)]);
  else if (command === 1) writeRecords(env, relation, [one], argument as Values);
  else if (command === 2) {
    deleteRecords(env, relation, [one]);
    put(held.filter((each) => each !== one));
  } else if (command === 3) put(held.filter((each) => each !== one));
  else if (command === 4) put([...held, one]);
  else if (command === 5) put([]);
  else if (command === 6) put(argument as number[]);
}
