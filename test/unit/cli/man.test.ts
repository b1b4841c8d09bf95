import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { manPage } from '#src/cli/man.js';
import { packageRoot } from '../../support/descriptions.js';

it('the manual page says what the help says: npm run man writes it anew', () => {
  assert.equal(readFileSync(join(packageRoot, 'man/mmapio.1'), 'utf8'), manPage());
});
