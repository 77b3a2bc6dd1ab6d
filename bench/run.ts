/** `npm run bench`: both benchmarks, on the Odoo of the environment. They make records there: give it a database to throw away. */
import { benchDurableUpsert } from './durable-upsert.ts';
import { benchLargeForecast } from './large-forecast.ts';

const needed = ['ODOO_URL', 'ODOO_DB', 'ODOO_LOGIN', 'ODOO_PASSWORD'];
const missing = needed.filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(`The benchmarks need an Odoo database that they may write to. Not set: ${missing.join(', ')}`);
  process.exitCode = 1;
} else {
  await benchLargeForecast();
  await benchDurableUpsert();
}
