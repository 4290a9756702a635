import { readFileSync } from 'node:fs';

/** The users of this machine and their home folders (passwd(5)). Users who are only known elsewhere (LDAP, macOS) are not among them. */
export function accounts(): readonly { readonly name: string; readonly home: string }[] {
  let text: string;
  try {
    text = readFileSync('/etc/passwd', 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [name = '', , , , , home = ''] = line.split(':');
    // `/` and `/nonexistent` are shared by many, and no home.
    return name !== '' && /^\/.*[^/]$/.test(home) ? [{ name, home }] : [];
  });
}
