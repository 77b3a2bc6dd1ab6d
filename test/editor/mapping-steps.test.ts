import assert from 'node:assert/strict';
import type { z } from 'zod';
import { CANONICAL } from '../../lib/canonical/schemas.ts';
import { listPresets, loadPreset } from '../../lib/mapping/presets.ts';
import { TRANSFORMS as ENGINE } from '../../lib/mapping/transforms/index.ts';
import texts from '../../locales/en-US/canonical-map.json' with { type: 'json' };
import { CANONICAL_RECORDS } from '../../nodes/editor/canonical-records.ts';
import { readOption, shortStep, shownOption, stepOf, TRANSFORMS, writtenStep } from '../../nodes/editor/mapping-steps.ts';

/** The names of a transform's options, as its schema has them. */
const optionsOf = (schema: z.ZodType): string[] => {
  const { options, shape = {} } = schema as unknown as { options?: z.ZodType[]; shape?: object };
  return options ? options.flatMap(optionsOf) : Object.keys(shape);
};
const parameter = (step: string, name: string) => TRANSFORMS[step]!.find((known) => known.name === name)!;

describe("the form's transforms", () => {
  it('are those of the mapping language, with all their options', () => {
    const ours = Object.entries(TRANSFORMS).map(([name, parameters]) => [name, parameters.map((one) => one.name).sort()]);
    const engine = [...ENGINE].map(([name, { options }]) => [name, optionsOf(options).sort()]);
    assert.deepEqual(Object.fromEntries(ours), Object.fromEntries(engine));
  });

  it('have a text each, and one for each option', () => {
    const { transform, parameter: named } = texts['canonical-map'];
    assert.deepEqual(Object.keys(transform).sort(), Object.keys(TRANSFORMS).sort());
    const withOptions = Object.entries(TRANSFORMS).filter(([, parameters]) => parameters.length > 0);
    assert.deepEqual(
      Object.fromEntries(Object.entries(named).map(([name, options]) => [name, Object.keys(options).sort()])),
      Object.fromEntries(withOptions.map(([name, parameters]) => [name, parameters.map((one) => one.name).sort()])),
    );
  });

  for (const { id } of listPresets())
    it(`give back every step of the preset ${id} as it was`, () => {
      for (const { transforms = [] } of loadPreset(id).rows)
        for (const written of transforms) {
          const { name, options } = stepOf(written);
          const read = (TRANSFORMS[name] ?? []).map((one) => [one.name, readOption(one, shownOption(one, options[one.name]))]);
          const kept = Object.fromEntries(read.filter(([, value]) => value !== undefined));
          assert.deepEqual(writtenStep({ name, options: kept }), written);
        }
    });

  it('give back what is written with commas, signs of equality or as JSON', () => {
    for (const [step, name, value] of [
      ['table', 'values', { A: 'B', old: 12, x: true }],
      ['table', 'values', { 'a,b': 'c=d', '007': '007' }],
      ['table', 'otherwise', 'keep'],
      ['table', 'otherwise', { value: 'none' }],
      ['unit', 'factors', { Dozen: 12, Third: '1/3' }],
      ['unit', 'factor', '1/12'],
      ['join', 'columns', ['first', 'second, really']],
      ['split', 'by', ' '],
      ['split', 'by', '['],
      ['split', 'take', -1],
      ['strip', 'digitsOnly', true],
      ['number', 'thousands', ' '],
      ['odoo', 'domain', [['active', '=', true]]],
    ] as const)
      assert.deepEqual(readOption(parameter(step, name), shownOption(parameter(step, name), value)), value);
  });

  it('say what cannot be read', () => {
    assert.throws(() => readOption(parameter('split', 'take'), 'last'), /take: last is not a number/);
    assert.throws(() => readOption(parameter('table', 'values'), 'A is B'), /lacks a =/);
    assert.throws(() => readOption(parameter('odoo', 'domain'), '[('), /domain: /);
  });

  it('are told in a few words', () => {
    assert.equal(shortStep(stepOf('trim')), 'trim');
    assert.equal(shortStep(stepOf({ number: { decimal: ',', thousands: '.' } })), 'number (,, .)');
  });
});

describe("the form's canonical records", () => {
  it('are those of the canonical model, with all their fields', () => {
    const model = Object.entries(CANONICAL).map(([name, { shape }]) => [
      name,
      Object.keys(shape).filter((field) => !field.startsWith('$')),
    ]);
    assert.deepEqual(CANONICAL_RECORDS, Object.fromEntries(model));
  });
});
