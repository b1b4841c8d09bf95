/** Only the members that have a value: what is not said is absent. */
export function said<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const result: Partial<T> = {};
  for (const key in members) if (members[key] !== undefined) result[key] = members[key];
  return result as { [K in keyof T]: Exclude<T[K], undefined> };
}
