/** What several lists hold together: what stands in more than one of them, field for field, is taken once, as often as the list has it that has it most often. */
export function union<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const taken = new Map<string, number>();
  return lists.flatMap((list) => {
    const own = new Map<string, number>();
    return list.filter((item) => {
      const text = JSON.stringify(item);
      const times = (own.get(text) ?? 0) + 1;
      own.set(text, times);
      if (times <= (taken.get(text) ?? 0)) return false;
      taken.set(text, times);
      return true;
    });
  });
}
