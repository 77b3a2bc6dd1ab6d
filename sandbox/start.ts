/**
 * `npm start`: Node-RED with Planbridge's nodes and the shipped flows, on the embedded sandbox and broker or, with `ODOO_URL`
 * or `MQTT_URL` set, on real ones. It imports a sample forecast, prints what became of each line and stays up.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBroker } from './broker.ts';
import { keptPort } from './kept-port.ts';
import { startNodeRed } from './node-red.ts';
import { startSandbox } from './odoo/server.ts';
import { describeRun, importForecast } from './report.ts';
import { delayCommand, openOrder } from './sample-event.ts';
import { sampleForecast } from './sample-forecast.ts';

const port = Number(process.env.PORT ?? 1880);
const home = process.env.PLANBRIDGE_HOME || join(import.meta.dirname, '..', '.planbridge');
const env: Record<string, string> = {};

const sandbox = process.env.ODOO_URL
  ? undefined
  : await startSandbox({ stateFile: join(home, 'sandbox.json'), port: await keptPort(home, 'odoo', 8169) });
if (sandbox) {
  env.ODOO_URL = sandbox.url;
  env.ODOO_DB = sandbox.database;
  env.ODOO_LOGIN = sandbox.login;
  env.ODOO_PASSWORD = sandbox.password;
  env.ODOO_API_KEY = sandbox.apiKey;
}
console.log(`Odoo: ${sandbox ? `embedded sandbox at ${sandbox.url}` : process.env.ODOO_URL}`);

const broker = process.env.MQTT_URL ? undefined : await startBroker(await keptPort(home, 'broker', 1883));
if (broker) env.MQTT_URL = broker.url;
console.log(`MQTT: ${broker ? `embedded broker at ${broker.url}` : 'the broker of MQTT_URL'}`);

const nodeRed = await startNodeRed({ home, port, env });
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void nodeRed.stop();
  });
}
void nodeRed.exited.then(async (code) => {
  await broker?.close();
  await sandbox?.close();
  process.exit(stopping ? 0 : code);
});

// A sample is never written to somebody's own Odoo unasked: there it takes PLANBRIDGE_SAMPLE=<file.csv>.
const sampleFile = process.env.PLANBRIDGE_SAMPLE;
const sample = sampleFile ? await readFile(sampleFile, 'utf8') : sandbox && sampleForecast(new Date());
await nodeRed.ready;
// A flow of the user's own may never listen.
await Promise.race([broker?.subscribed, sleep(5_000)]);
if (sample) console.log(describeRun(await importForecast(nodeRed.url, sample)));
else console.log('No sample is imported into your own Odoo. Set PLANBRIDGE_SAMPLE to a CSV file to import one at start.');
// The line is for copying: it names an order of the sandbox, never one of somebody's own Odoo.
const order = (sandbox && (await openOrder(sandbox))) ?? '<order>';
console.log(`
Editor     ${nodeRed.url}/
Forecasts  curl -H 'content-type: text/csv' --data-binary @forecast.csv ${nodeRed.url}/planning/forecasts
           or drop a file into ${join(home, 'inbox')}
Events     ${broker ? delayCommand(broker.url, order) : 'from the broker of MQTT_URL'}
Stop       Ctrl-C`);
