import assert from 'node:assert/strict';
import { compileMapping } from '../../lib/mapping/compile.ts';
import { MappingError } from '../../lib/mapping/errors.ts';
import { listPresets, loadPreset } from '../../lib/mapping/presets.ts';

/** A row or two in each planner's own shape, and the lines that they are. */
const SAMPLES: Record<string, { given: Record<string, unknown>[]; lines: Record<string, unknown>[] }> = {
  'forecast-default': {
    given: [
      {
        product: ' FURN_9666',
        location: 'WH',
        period: '2026-W50',
        quantity: '1.200,5',
        uom: 'Units',
        customer: '',
        channel: 'web',
        source: 'promo',
      },
    ],
    lines: [
      {
        product: 'FURN_9666',
        location: 'WH',
        period: '2026-W50',
        quantity: '1200.5',
        uom: 'Units',
        channel: 'web',
        source: 'promo',
      },
    ],
  },
  'streamline-long': {
    given: [{ Date: '2026-12-01', 'Item code': 'FURN_9666', Quantity: '120', Location: 'WH', Channel: 'Retail' }],
    lines: [{ product: 'FURN_9666', location: 'WH', period: '2026-12', quantity: '120', channel: 'Retail' }],
  },
  'streamline-wide': {
    given: [{ 'Item code': 'FURN_9666', Location: 'WH', Channel: 'Retail', '2026-12': '120', '2027-01': '80,5', '2027-02': '' }],
    lines: [
      { product: 'FURN_9666', location: 'WH', period: '2026-12', quantity: '120', channel: 'Retail', $column: '2026-12' },
      { product: 'FURN_9666', location: 'WH', period: '2027-01', quantity: '80.5', channel: 'Retail', $column: '2027-01' },
    ],
  },
  netstock: {
    given: [
      { 'Item Code': 'FURN_9666', Location: 'WH', Period: '2026/12/01', 'Forecast Quantity': '120.25', 'Customer Code': 'C1' },
    ],
    lines: [{ product: 'FURN_9666', location: 'WH', period: '2026-12', quantity: '120.25', customer: 'C1' }],
  },
  'sap-ibp': {
    given: [
      {
        PRDID: '000000000000004711',
        LOCID: '1000',
        CUSTID: 'C1',
        PERIODID: '2026-12-07T00:00:00Z',
        CONSENSUSDEMANDQTY: '120.000',
        UOMID: 'EA',
      },
    ],
    lines: [{ product: '4711', location: '1000', period: '2026-W50', quantity: '120', uom: 'EA', customer: 'C1' }],
  },
  kinaxis: {
    given: [{ Part: 'FURN_9666', Site: 'WH', DueDate: '20261207', Quantity: '120', Unit: 'Units', ForecastType: 'BASE' }],
    lines: [{ product: 'FURN_9666', location: 'WH', period: '2026-W50', quantity: '120', uom: 'Units', source: 'BASE' }],
  },
  'blue-yonder': {
    given: [
      {
        DMDUNIT: 'FURN_9666',
        DMDGROUP: 'RETAIL',
        LOC: 'WH',
        STARTDATE: '2026-12-07',
        DUR: '10080',
        QTY: '120',
        PROMOQTY: '30.5',
      },
      { DMDUNIT: 'FURN_9666', DMDGROUP: 'RETAIL', LOC: 'WH', STARTDATE: '2026-12-01', DUR: '44640', QTY: '120' },
    ],
    lines: [
      { product: 'FURN_9666', location: 'WH', period: '2026-W50', quantity: '150.5', channel: 'RETAIL' },
      { product: 'FURN_9666', location: 'WH', period: '2026-12', quantity: '120', channel: 'RETAIL' },
    ],
  },
  frepple: {
    given: [
      {
        item: 'FURN_9666',
        location: 'WH',
        customer: 'C1',
        startdate: '2026-12-07 00:00:00',
        enddate: '2026-12-14 00:00:00',
        value: '120',
      },
      { item: 'FURN_9666', location: 'WH', customer: 'C1', startdate: '2026-12-01', value: '4' },
    ],
    lines: [
      { product: 'FURN_9666', location: 'WH', period: '2026-W50', quantity: '120', customer: 'C1' },
      { product: 'FURN_9666', location: 'WH', period: '2026-12-01', quantity: '4', customer: 'C1' },
    ],
  },
  slim4: {
    given: [{ line: 'FURN_9666           WH    2026500000000120C1        ' }],
    lines: [{ product: 'FURN_9666', location: 'WH', period: '2026-W50', quantity: '120', customer: 'C1' }],
  },
};

describe('the presets', () => {
  for (const [id, { given, lines }] of Object.entries(SAMPLES))
    it(`${id} reads its planner's own rows, west and east of Greenwich alike`, async () => {
      for (const zone of ['America/Los_Angeles', 'Asia/Tokyo']) {
        const { records, refusals } = await compileMapping(loadPreset(id)).map(given, { zone });
        assert.deepEqual(refusals, []);
        assert.deepEqual(records, lines);
      }
    });

  it('all compile, say what they are for, and are tried above where they make forecast lines', () => {
    const presets = listPresets();
    for (const { id, title, description } of presets) {
      assert.equal(compileMapping(loadPreset(id)).mapping.id, id);
      assert.ok(title !== id && description.length > 20, id);
    }
    assert.deepEqual(
      presets.filter(({ to }) => to === 'forecast-line').map(({ id }) => id),
      Object.keys(SAMPLES).sort(),
    );
  });

  it('leave a line that does not fit the width refused, not misread', async () => {
    const { refusals } = await compileMapping(loadPreset('slim4')).map([{ line: 'FURN_9666 WH 202650 120', $line: 5 }]);
    assert.equal(refusals[0]?.line, 5);
    assert.equal(refusals[0]?.reason, 'MALFORMED');
  });

  it('are chosen by id and by nothing that leads elsewhere', () => {
    for (const id of ['nope', '../package', '', '__proto__'])
      assert.throws(
        () => loadPreset(id),
        (error) => error instanceof MappingError && error.code === 'preset',
      );
  });
});
