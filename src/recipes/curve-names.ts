/** OpenSSL's names of NIST's curves by their sizes: the ones that are made where a tool takes a size. */
export const curveOfSize: ReadonlyMap<number, string> = new Map([[256, 'prime256v1'], [384, 'secp384r1'], [521, 'secp521r1']]);

/** OpenSSL has names of ANSI X9.62 for two of the curves that SEC 2 names. */
const ofAnsi: ReadonlyMap<string, string> = new Map([['secp192r1', 'prime192v1'], ['secp256r1', 'prime256v1']]);

/** OpenSSL's name of a curve of SEC 2; any other name as it is. */
export function curveOfSec(name: string): string {
  return ofAnsi.get(name) ?? name;
}
