import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { mustHave } from './required.ts';

const PATH = '/usr/bin/chromium';

/** Whether there is a Chromium to test in; throws where there must be one. */
export const hasChromium = () => mustHave('chromium', existsSync(PATH));

/** Debian's Chromium, headless and without the calls home that a closed network would leave hanging. */
export function openChromium(): Promise<Browser> {
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath: PATH, args: ['--no-sandbox', '--disable-gpu', ...quiet] });
}
