/** What the build says of a form that is not right; each of these would show only in somebody's editor. */
import assert from 'node:assert/strict';
import { type Form, faultsOf } from '../../scripts/form.ts';

const GOOD: Form = {
  type: 'odoo-read',
  script: `RED.nodes.registerType("odoo-read", {\n  defaults: { name: { value: "" } },\n  icon: "odoo-read.svg",\n  label() { return this._("odoo-read.label.name") + this._("editor.unit.days"); } });`,
  template:
    '<script type="text/html" data-template-name="odoo-read"><i data-i18n="[placeholder]odoo-read.label.name;[title]editor.unit.days"></i>',
  texts: {
    'odoo-read': { label: { name: 'Name' }, status: { reading: 'reading __count__' } },
    editor: { unit: { days: 'days' } },
  },
  help: '<script type="text/markdown" data-help-name="odoo-read">',
  runtime: "showStatus(RED, this, 'working', 'reading', { count });",
};
const faults = (changed: Partial<Form>) => faultsOf({ ...GOOD, ...changed }).join('\n');

describe('the build', () => {
  it('finds nothing wrong with a form that is right', () => {
    assert.equal(faults({}), '');
  });

  it('says that the type is not registered literally', () => {
    assert.match(faults({ script: 'RED.nodes.registerType(NAME, {})' }), /no registerType\('odoo-read'/);
    assert.match(faults({ script: 'RED.nodes.registerType("odoo-read", definition)' }), /no registerType/);
  });

  it('says that something is spread into the definition', () => {
    const script = GOOD.script.replace('{ value: "" } }', '{ value: "" }, ...COMMON }');
    assert.match(faults({ script }), /holds a spread/);
  });

  it('says which text a form, a template or a status lacks', () => {
    assert.match(faults({ script: `${GOOD.script}; node._("odoo-read.error.nothing")` }), /no text odoo-read\.error\.nothing/);
    assert.match(faults({ template: `${GOOD.template}<b data-i18n="odoo-read.label.nam">` }), /no text odoo-read\.label\.nam/);
    assert.match(faults({ template: `${GOOD.template}<b data-i18n="odoo-raed.label.name">` }), /no text odoo-raed\.label\.name/);
    assert.match(faults({ runtime: "showStatus(RED, this, 'done', 'read')" }), /no text odoo-read\.status\.read/);
  });

  it('says that a status is too long for the palette', () => {
    const texts = { ...GOOD.texts, 'odoo-read': { label: { name: 'Name' }, status: { reading: 'reading very many records' } } };
    assert.match(faults({ texts }), /over 20 characters/);
  });

  it('says that template or help stand under another name', () => {
    assert.match(faults({ template: GOOD.template.replace('name="odoo-read"', 'name="odoo-write"') }), /no template of its name/);
    assert.match(faults({ help: '' }), /help is not under its name/);
  });
});
