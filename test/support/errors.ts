import assert from 'node:assert/strict';

/** What `assert.throws` and `assert.rejects` take for an error of the package with that code. */
export function withCode(code: string, message?: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof Error && 'code' in error, `${error} has no code`);
    assert.ok(isOfFamily(error), `${error} is not an MmapioError`);
    assert.equal(error.code, code, error.message);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  };
}

/** By name, because tests of internals get their errors from the modules and not from the package. */
function isOfFamily(error: object | null): boolean {
  if (error === null) return false;
  return error.constructor.name === 'MmapioError' || isOfFamily(Object.getPrototypeOf(error));
}
