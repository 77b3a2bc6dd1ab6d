/**
 * Loaded into Node-RED by `--import`: measures the longest time that its event loop stands still, from SIGWINCH on (a signal that Node-RED makes nothing of), and
 * writes it in milliseconds to the file that `BENCH_LOOP_DELAY` names when the process ends.
 */
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 1;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
process.on('SIGWINCH', () => delay.reset());
process.on('exit', () => writeFileSync(process.env.BENCH_LOOP_DELAY ?? '', String(delay.max / 1e6)));
