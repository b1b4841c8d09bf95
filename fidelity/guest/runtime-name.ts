/** The runtime and the version of its engine. */
export function runtimeName(): string {
  const { deno, bun, node, v8 } = process.versions as Record<string, string | undefined>;
  if (deno !== undefined) return `Deno ${deno} (V8 ${v8})`;
  return bun === undefined ? `Node.js ${node} (V8 ${v8})` : `Bun ${bun}`;
}
