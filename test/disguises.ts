/** What people do to the text of a key, by name: each gives the text as it would stand in a file. */
export const disguises: Readonly<Record<string, (key: string) => string | Buffer>> = {
  'as it is': (key) => key,
  'CRLF line ends': (key) => key.replaceAll('\n', '\r\n'),
  'CR line ends': (key) => key.replaceAll('\n', '\r'),
  'a byte order mark': (key) => `\ufeff${key}`,
  'UTF-16, little-endian': (key) => Buffer.from(`\ufeff${key.replaceAll('\n', '\r\n')}`, 'utf16le'),
  'UTF-16, big-endian': (key) => Buffer.from(`\ufeff${key}`, 'utf16le').swap16(),
  'UTF-16 without a mark': (key) => Buffer.from(`key:\n${key}`, 'utf16le'),
  'text before it': (key) => `Bag Attributes\n    friendlyName: server key\n    localKeyID: 54 69 6D 65\nKey Attributes: <No Attributes>\n${key}`,
  'indented': (key) => key.replace(/^(?=.)/gm, '    '),
  'indented with tabs': (key) => key.replace(/^(?=.)/gm, '\t\t'),
  'a YAML block': (key) => `apiVersion: v1\nstringData:\n  ssh-privatekey: |\n${key.replace(/^(?=.)/gm, '    ')}  other: 1\n`,
  'blank lines between': (key) => key.replaceAll('\n', '\n\n'),
  'trailing blanks': (key) => key.replaceAll('\n', '  \t\n'),
  'one line with spaces': (key) => key.trim().replaceAll('\n', ' '),
  'one line without breaks': (key) => key.replaceAll('\n', ''),
  'lines of 76': (key) => rewrapped(key, 76),
  'lines of 20': (key) => rewrapped(key, 20),
  'JSON': (key) => JSON.stringify({ type: 'service_account', private_key: key, client: 'x' }, null, 2),
  'JSON in JSON': (key) => JSON.stringify({ config: JSON.stringify({ private_key: key }) }),
  'JSON with CRLF': (key) => JSON.stringify({ key: key.replaceAll('\n', '\r\n') }),
  'JSON with escaped slashes and signs': (key) => JSON.stringify({ key }).replaceAll('/', '\\/').replaceAll('+', '\\u002b'),
  'an .env value': (key) => `A=1\nPRIVATE_KEY="${key.replaceAll('\n', '\\n')}"\nB=2\n`,
  'an .env value without quotes': (key) => `PRIVATE_KEY=${key.trim().replaceAll('\n', '\\n')}\nB=2\n`,
  'shell quotes': (key) => `export KEY='${key}'\n`,
  'a here document': (key) => `cat > id <<EOF\n${key}EOF\n`,
  'Java string concatenation': (key) => `  String key = ${lines(key).map((line) => `"${line}\\n"`).join(' +\n      ')};\n`,
  'Java concatenation, sign first': (key) => `  String key =\n        ${lines(key).map((line) => `"${line}\\n"`).join('\n      + ')};\n`,
  'C string literals': (key) => `static const char *key =\n${lines(key).map((line) => `  "${line}\\n"`).join('\n')};\n`,
  'a C macro': (key) => `#define KEY \\\n${lines(key).map((line) => `    "${line}\\n" \\`).join('\n')}\n`,
  'a C macro, first line too': (key) => `#define KEY ${lines(key).map((line) => `"${line}\\r\\n"`).join(' \\\n')}\n`,
  'JavaScript concatenation': (key) => `const key = ${lines(key).map((line) => `'${line}\\n'`).join(' +\n  ')};\n`,
  'a JavaScript array': (key) => `const key = [\n${lines(key).map((line) => `  '${line}',`).join('\n')}\n].join('\\n');\n`,
  'a JavaScript template': (key) => `const key = \`${key}\`;\n`,
  'a line continuation': (key) => `const key = "${key.trim().replaceAll('\n', '\\n\\\n')}";\n`,
  'Python implicit concatenation': (key) => `KEY = (\n${lines(key).map((line) => `    b"${line}\\n"`).join('\n')}\n)\n`,
  'a Python docstring': (key) => `KEY = """${key}"""\n`,
  'PHP concatenation': (key) => `$key = ${lines(key).map((line) => `'${line}'."\\n"`).join('\n  .')};\n`,
  'one echo a line': (key) => `${lines(key).map((line) => `echo "${line}" >> id_rsa`).join('\n')}\n`,
  'VB concatenation': (key) => `key = ${lines(key).map((line) => `"${line}" & vbCrLf`).join(' & _\n  ')}\n`,
  'line comments //': (key) => `int x;\n${key.replace(/^(?=.)/gm, '// ')}int y;\n`,
  'line comments // without a blank': (key) => key.replace(/^(?=.)/gm, '//'),
  'line comments #': (key) => `${key.replace(/^(?=.)/gm, '# ')}x = 1\n`,
  'a block comment': (key) => `/*\n${key.replace(/^(?=.)/gm, ' * ')} */\n`,
  'SQL comments': (key) => key.replace(/^(?=.)/gm, '-- '),
  'a quotation': (key) => key.replace(/^(?=.)/gm, '> '),
  'an added diff': (key) => `@@ -0,0 +1 @@\n${key.replace(/^(?=.)/gm, '+')}\n`,
  'a removed diff': (key) => `@@ -1 +0,0 @@\n${key.replace(/^(?=.)/gm, '-')}\n`,
  'commented string literals': (key) => lines(key).map((line) => `// "${line}\\n" +`).join('\n') + '\n',
  'a Markdown code block': (key) => `# Keys\n\n\`\`\`\n${key}\`\`\`\n`,
  'an indented list item': (key) => `- item:\n\n      ${lines(key).join('\n      ')}\n`,
  'an XML element': (key) => `<config><key>${key}</key></config>\n`,
  'an XML attribute': (key) => `<add key="k" value="${key.replaceAll('\n', '&#xA;')}" />\n`,
  'an XML attribute, CRLF': (key) => `<add key="k" value="${key.replaceAll('\n', '&#13;&#10;')}" />\n`,
  'HTML line breaks': (key) => `<pre>${key.replaceAll('\n', '<br>')}</pre>\n`,
  'a PowerShell string': (key) => `$key = "${key.replaceAll('\n', '`r`n')}"\n`,
  'a notebook': (key) => JSON.stringify({ cells: [{ cell_type: 'code', source: ['import jwt\n', ...lines(`KEY = """${key}`).map((line) => `${line}\n`), '"""\n'] }], nbformat: 4 }, null, 1),
  'a notebook, joined strings': (key) => JSON.stringify({ cells: [{ cell_type: 'code', source: ['KEY = (\n', ...lines(key).map((line) => `    "${line}\\n"\n`), ')\n'] }], nbformat: 4 }, null, 1),
  'no-break spaces at the line ends': (key) => key.replaceAll('\n', '\u00a0\n'),
};

function lines(key: string): readonly string[] {
  return key.trimEnd().split('\n');
}

function rewrapped(key: string, width: number): string {
  const all = lines(key);
  const body = all.slice(1, -1);
  const headers = body.filter((line) => line.includes(':'));
  const text = body.filter((line) => line !== '' && !line.includes(':')).join('');
  return [all[0], ...headers, ...(headers.length > 0 ? [''] : []), ...text.match(new RegExp(`.{1,${width}}`, 'g'))!, all.at(-1), ''].join('\n');
}
