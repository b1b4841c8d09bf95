import assert from 'node:assert/strict';
import { MmapioError } from 'mmapio';

/** What `assert.throws` and `assert.rejects` take for an error of the package with that code. */
export function withCode(code: string, message?: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof MmapioError, `${error} is not an MmapioError`);
    assert.equal(error.code, code, error.message);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  };
}
