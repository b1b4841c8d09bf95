/* Writes man/mmapio.1 from the help of the command, so that both say the same: `npm run man`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { manPage } from '#src/cli/man.js';

mkdirSync(new URL('../../man', import.meta.url), { recursive: true });
writeFileSync(fileURLToPath(new URL('../../man/mmapio.1', import.meta.url)), manPage());
