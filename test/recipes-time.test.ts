import { describe, test } from 'vitest';
import { MAX_YAML } from '../src/recipes/about-keys.ts';
import { readRecipe } from '../src/recipes/index.ts';
import { expectGrowthWithSize, timed } from './growth.ts';

describe('time grows with the size of the file', () => {
  const weak = 'ssh-keygen -t rsa -b 1024\n';
  /** What stands first, so that the file is read at all, and what is repeated behind it. */
  const hostile: Readonly<Record<string, readonly [path: string, first: string, then: string]>> = {
    'here-documents of Ruby without an end': ['a.rb', weak, '<<EOF\n'],
    'here-documents of Ruby with an end far below': ['a.rb', `${weak}x = RSA.generate(1)\n`, '<<SHELL\n <<EOS\n'],
    'here-documents of a Dockerfile': ['Dockerfile', `FROM a\nRUN ${weak}`, 'RUN <<A\nA\n'],
    'here-documents of a Dockerfile without an end': ['Dockerfile', `FROM a\nRUN ${weak}`, 'RUN <<A\n'],
    'blocks of AsciiDoc': ['a.adoc', `----\n${weak}----\n`, '----\n----\n'],
    'blocks of AsciiDoc without an end': ['a.adoc', weak, '....\n----\n'],
    'resources without an end': ['a.tf', weak, 'resource "tls_private_key" "b" {\n'],
    'resources to files without an end': ['a.tf', weak, 'resource "local_file" "b" {\n'],
    'resources in each other': ['a.tf', weak, 'resource "local_file" "b" {\ncontent = 1\n}\n'],
    'here-documents of Terraform without an end': ['a.tf', weak, 'a=<<A\n'],
    'here-documents of Terraform': ['a.tf', weak, 'a=<<A\nA\n'],
    'lists of Terraform without an end': ['a.tf', weak, 'inline=[\n'],
    'pairs of YAML': ['a.yml', `a: ${weak}`, 'run: a\n'],
    'different pairs of YAML': ['a.yml', `a: ${weak}`, '"run": x\n? a\n'],
    'quotes in a text of YAML': ['a.yml', 'run: \'ssh-keygen ', '\'\''],
    'options of WebCrypto without an end': ['a.js', 'modulusLength ', 'name:\'RSA-PSS\' '],
    'calls on one line': ['a.js', '', 'pki.rsa.generateKeyPair(1024) '],
    'calls of Node without an end': ['a.js', 'modulusLength ', 'generateKeyPair(\'rsa\',{ '],
    'generators of Java': ['a.java', '', 'KeyPairGenerator.getInstance("RSA") '],
    'generators of Java without an end': ['a.java', '', 'KeyPairGenerator.getInstance("RSA" '],
    'parameters of Go': ['a.go', 'dsa.GenerateParameters', 'dsa.GenerateParameters( '],
    'calls of Python': ['a.py', '', 'rsa.generate_private_key( '],
    'commands on one line': ['a.sh', '😀', 'ssh-keygen -t rsa -b 1024;'],
    'commands on lines': ['a.sh', '', weak],
    'keys that are written to files': ['a.sh', '', 'echo "$SSH_KEY" > a\n'],
    'keys that are made': ['a.sh', '', 'openssl genrsa -out k 1024\n'],
    'masks': ['a.sh', '', 'umask 0;ssh-keygen\n'],
    'masks without keys': ['a.sh', weak, 'umask 0\n'],
    'placeholders': ['a.sh', weak, '<a '],
    'quotes': ['a.sh', weak, '"$('],
    'pipes': ['a.sh', 'openssl genrsa 1024', '|cat'],
    'fences of Markdown': ['a.md', `    ${weak}`, '```\n'],
    'fences in quotes': ['a.md', `    ${weak}`, '> > ```a\n'],
    'paragraphs of reStructuredText': ['a.rst', `${weak}::\n\n`, ' a::\n'],
    'prompts': ['a.md', `    $ ${weak}`, '    $ a <<E\n'],
    'recipes of make': ['Makefile', `a:\n\t${weak}`, '\ta$(B)\\\n'],
    'settings': ['ansible.cfg', 'host_key_checking=no\n', 'Host a\nHostName b\n'],
    'comments before fences without an end': ['a.md', `    ${weak}`, '<!-- keylint-disable-next-line a -->\n```\n'],
    'comments before fences of other marks': ['a.md', `    ${weak}`, '<!-- keylint-disable-next-line a -->\n~~~\n```\n'],
    'comments before fences in quotes': ['a.md', `    ${weak}`, '<!-- keylint-disable-next-line a -->\n> ```\n> ```\n'],
    'attributes of blanks': ['a.tf', `${weak}resource "local_file" "b" {\ncontent = `, '  '],
    'files that are made and removed': ['a.sh', '', 'openssl genrsa -out k 1024\nrm b\n'],
    'files that are written and closed': ['a.sh', '', 'echo "$SSH_KEY" > a\nchmod 600 b\n'],
    'blocks of silence': ['a.sh', weak, '# keylint-disable a\n'],
  };
  const filled = (first: string, then: string, size: number): Buffer => Buffer.from(first + then.repeat(Math.ceil(size / then.length)));

  test.each(Object.entries(hostile))('%s', { retry: 2 }, (name, [path, first, then]) => {
    expectGrowthWithSize((size) => {
      const bytes = filled(first, then, size);
      return timed(() => void readRecipe(path, bytes));
      // Four times the largest is still read, of YAML too.
      // Of quotes in each other as many copies of the text are kept as are read in depth: collecting that garbage takes more than its share.
    }, 3 << 10, MAX_YAML / 5, name === 'quotes' ? 12 : 8);
  });
});
