import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { COMMANDS, contentsOf } from '../src/prefilter.ts';
import { readCommands } from '../src/recipes/index.ts';
import { tools } from '../src/recipes/tools/index.ts';
import { git, keylintJson, repository, write } from './program.ts';

/** `LINE:COLUMN TOOL PLACE` of every command that makes a key. */
function made(path: string, ...lines: readonly string[]): readonly string[] {
  const bytes = Buffer.from(lines.join('\n'));
  const found = readCommands(path, bytes);
  if (found.length > 0) expect(contentsOf(bytes) & COMMANDS, 'an anchor').not.toBe(0);
  return found.filter(({ does }) => does.act === 'generate').map(({ line, column, tool, place }) => `${line}:${column} ${tool} ${place}`);
}

const weak = 'ssh-keygen -t rsa -b 1024';

describe('where commands are written', () => {
  test.each<readonly [name: string, path: string, text: readonly string[], found: readonly string[]]>([
    ['a script', 'a.sh', ['#!/bin/sh', weak], ['2:1 ssh-keygen script']],
    ['a script without an ending', 'bin/make-keys', ['#!/usr/bin/env bash', weak], ['2:1 ssh-keygen script']],
    ['a program without an ending is none', 'bin/make-keys', ['#!/usr/bin/env python3', weak], []],
    ['what continues on other lines', 'a.sh', ['ssh-keygen \\', '  -t rsa \\', '  -b 1024'], ['1:1 ssh-keygen script']],
    ['behind sudo and variables', 'a.sh', [`sudo -u git env A=b timeout 5 ${weak}`], ['1:1 ssh-keygen script']],
    ['a program of Windows', 'a.sh', ['ssh-keygen.exe -t rsa -b 1024'], ['1:1 ssh-keygen script']],
    ['in pipes, groups, loops, functions, conditions and substitutions', 'a.sh', ['f() {', `  if ! ${weak}; then`, `    while (${weak}); do A=$(${weak} | cat); done`, '  fi', '}'], ['2:8 ssh-keygen script', '3:12 ssh-keygen script', '3:47 ssh-keygen script']],
    ['a script in a script', 'a.sh', [`bash -c '${weak}'`, `ssh host "${weak}"`, 'bash <<EOF', weak, 'EOF'], ['1:10 ssh-keygen script', '2:11 ssh-keygen script', '4:1 ssh-keygen script']],
    ['not in comments, strings and here-documents', 'a.sh', [`# ${weak}`, `echo "${weak}"`, 'cat <<EOF', weak, 'EOF'], []],
    ['between fences', 'a.md', ['# Keys', '```sh', weak, '```', '~~~~ bash {.numbered}', weak, '~~~~'], ['3:1 ssh-keygen guide', '6:1 ssh-keygen guide']],
    ['between fences in lists and quotes', 'a.md', ['1. First', '', '   ```sh', `   ${weak}`, '   ```', '', '> ```', `> ${weak}`, '> ```'], ['4:4 ssh-keygen guide', '8:3 ssh-keygen guide']],
    ['indented', 'a.md', ['Write:', '', `    ${weak}`, '', 'and so on'], ['3:5 ssh-keygen guide']],
    ['behind prompts, without what is printed', 'a.md', ['```console', `$ ${weak}`, 'Generating public/private rsa key pair.', 'ssh-keygen -t dsa', `root@host:~# ${weak}`, '$ ssh-keygen \\', '>   -t rsa', '```'], ['2:3 ssh-keygen guide', '5:14 ssh-keygen guide', '6:3 ssh-keygen guide']],
    ['behind the prompt of root', 'a.md', ['```console', `# ${weak}`, '```'], ['2:3 ssh-keygen guide']],
    ['comments in a block of shell', 'a.md', ['```sh', `# ${weak}`, weak, '```'], ['3:1 ssh-keygen guide']],
    ['not in prose, output and other languages', 'a.md', [`Write ${weak}.`, '```diff', `+${weak}`, '```', '```haskell', weak, '```'], []],
    ['in shortcodes', 'a.md', ['{{< highlight bash >}}', weak, '{{< /highlight >}}', '{% highlight sh %}', weak, '{% endhighlight %}'], ['2:1 ssh-keygen guide', '5:1 ssh-keygen guide']],
    ['in tabs of MDX', 'a.mdx', ['<Tabs><TabItem value="a">', '', '```bash', weak, '```', '', '</TabItem></Tabs>'], ['4:1 ssh-keygen guide']],
    ['with placeholders', 'a.md', ['```sh', 'ssh-keygen -t rsa -b 1024 -f <path to key> -C {{ mail }}', '```'], ['2:1 ssh-keygen guide']],
    ['AsciiDoc', 'a.adoc', ['[source,bash]', '----', weak, '----', '', '[source,java]', '----', 'x', '----', '', '....', `$ ${weak}`, '....', '', ` $ ${weak}`, '', `* ${weak}`], ['3:1 ssh-keygen guide', '12:3 ssh-keygen guide', '15:4 ssh-keygen guide']],
    ['reStructuredText', 'a.rst', ['Make one::', '', `    $ ${weak}`, '', '.. code-block:: bash', '   :linenos:', '', `   ${weak}`, '', `   ${weak}`, '', '.. note::', `   ${weak}`, '', '.. code-block:: java', '', `   ${weak}`], ['3:7 ssh-keygen guide', '8:4 ssh-keygen guide', '10:4 ssh-keygen guide']],
    ['a Dockerfile', 'Dockerfile', ['FROM debian', `RUN apt-get update && \\`, '  # why', `  ${weak}`, `RUN ["sh", "-c", "${weak}"]`, `RUN <<EOF`, weak, 'EOF'], ['4:3 ssh-keygen image', '5:19 ssh-keygen image', '7:1 ssh-keygen image']],
    ['a Dockerfile of another name', 'docker/app.dockerfile', ['FROM debian', `RUN ${weak}`], ['2:5 ssh-keygen image']],
    ['a GitHub job', '.github/workflows/a.yml', ['jobs:', '  a:', '    steps:', `      - run: ${weak}`, '      - run: |', `          ${weak}`, '        name: ssh-keygen -t dsa', '      - run: >-', '          ssh-keygen', '          -t rsa', '      - shell: python', `        run: ${weak}`], ['4:14 ssh-keygen machine', '6:11 ssh-keygen machine', '9:11 ssh-keygen machine']],
    ['a GitLab job', '.gitlab-ci.yml', ['a:', '  before_script:', `    - ${weak}`, `    - "${weak}"`, '    - |', `      ${weak}`], ['3:7 ssh-keygen machine', '4:8 ssh-keygen machine', '6:7 ssh-keygen machine']],
    ['a CircleCI job', '.circleci/config.yml', ['jobs:', '  a:', '    steps:', '      - run:', `          command: ${weak}`], ['5:20 ssh-keygen machine']],
    ['an Azure pipeline', 'azure-pipelines.yml', ['steps:', `- script: ${weak}`, `- bash: ${weak}`, '- task: AzureCLI@2', '  inputs:', `    inlineScript: ${weak}`], ['2:11 ssh-keygen machine', '3:9 ssh-keygen machine', '6:19 ssh-keygen machine']],
    ['a Makefile', 'Makefile', ['BITS := 1024', 'keys: dir', '\t@ssh-keygen -t rsa -b $(BITS) \\', '\t  -f key', '\t-for i in 1 2; do ssh-keygen -t rsa -f $$i; done'], ['3:3 ssh-keygen script', '5:20 ssh-keygen script']],
    ['a justfile', 'justfile', ['keys:', `  @${weak}`], ['2:4 ssh-keygen script']],
    ['package.json', 'package.json', ['{', '  "scripts": { "keys": "ssh-keygen -t rsa -N \\"\\" -f k && openssl genrsa 1024" },', `  "description": "${weak}"`, '}'], ['2:25 ssh-keygen script', '2:59 openssl genrsa script']],
    ['tasks of Ansible', 'roles/a/tasks/main.yml', ['- name: make', '  community.crypto.openssh_keypair:', '    path: /k', '    size: 1024', '- openssl_privatekey: { path: /k, size: 1024 }', '- ansible.builtin.user:', '    name: git', '    generate_ssh_key: true', `- shell: ${weak}`, '- user: { name: a }'], ['2:3 openssh_keypair machine', '5:3 openssl_privatekey machine', '6:3 user machine', '9:10 ssh-keygen machine']],
    ['Terraform', 'main.tf', ['resource "tls_private_key" "a" {', '  algorithm = "RSA"', '}', 'resource "null_resource" "b" {', '  provisioner "local-exec" {', `    command = "${weak} -N \\"\\""`, '  }', '  user_data = <<-EOT', '    #!/bin/sh', `    ${weak}`, '  EOT', '}'], ['1:1 tls_private_key machine', '6:16 ssh-keygen machine', '10:5 ssh-keygen machine']],
    ['cloud-init', 'cloud.yaml', ['#cloud-config', 'runcmd:', '  - [ssh-keygen, -t, rsa, -b, "1024"]', `  - ${weak}`, 'ssh_genkeytypes: [ed25519, dsa]'], ['3:6 ssh-keygen machine', '4:5 ssh-keygen machine', '5:28 ssh_genkeytypes machine']],
    ['a Vagrantfile', 'Vagrantfile', ['Vagrant.configure("2") do |c|', `  c.vm.provision "shell", inline: "${weak}"`, '  c.vm.provision "shell", inline: <<-SHELL', `    ${weak}`, '  SHELL', 'end'], ['2:36 ssh-keygen script', '4:5 ssh-keygen script']],
    ['a manifest of Kubernetes', 'job.yaml', ['spec:', '  containers:', '  - command: ["/bin/sh", "-c"]', `    args: ["${weak}"]`, '  - command: [ssh-keygen, -t, rsa]', '  - command:', '    - sh', '    - -c', '    - |', `      ${weak}`], ['4:13 ssh-keygen machine', '5:15 ssh-keygen machine', '10:7 ssh-keygen machine']],
    ['a list of words', 'job.yaml', ['command: ["openssl", "genrsa", "1024"]'], ['1:12 openssl genrsa machine']],
    ['a list of words without blanks', 'job.yaml', ['command: ["openssl","genrsa","1024"]'], ['1:12 openssl genrsa machine']],
    ['a list of words in Dockerfile', 'Dockerfile', ['FROM debian', 'RUN ["openssl", "genrsa", "1024"]'], ['2:6 openssl genrsa image']],
    ['a script in a ConfigMap, with lines of a template', 'templates/cm.yaml', ['data:', '{{- if .Values.x }}', '  init.sh: |', `    ${weak}`, '{{- end }}'], ['4:5 ssh-keygen machine']],
    ['a certificate request', 'ca-csr.json', ['{', '  "key": { "algo": "rsa", "size": 1024 }', '}'], ['2:3 cfssl machine']],
    ['a certificate request in a script', 'a.sh', ['cat > csr.json <<EOF', '{ "key": { "algo": "rsa", "size": 1024 } }', 'EOF', 'echo \'{"key":{"algo":"rsa","size":1024}}\' | cfssl genkey -'], ['2:3 cfssl script', '4:8 cfssl script']],
    ['parameters of gpg', 'a.sh', ['gpg --batch --gen-key <<EOF', '%no-protection', 'Key-Type: RSA', 'Key-Length: 1024', '%commit', 'EOF'], ['4:1 gpg --generate-key script']],
    ['a test', 'test/a.sh', [weak], []],
    ['a changelog', 'CHANGELOG.md', ['```sh', weak, '```'], []],
    ['what other people wrote', 'vendor/x/a.sh', [weak], []],
  ])('%s', (_, path, text, found) => {
    expect(made(path, ...text)).toEqual(found);
  });

  test('letters of more than one byte, line ends and a byte order mark do not move it', () => {
    expect(made('a.sh', '\ufeff# ü😀', `echo "ü😀"; ${weak}\r`, `${weak}\r`)).toEqual(['2:12 ssh-keygen script', '3:1 ssh-keygen script']);
    expect(made('a.sh', `\ufeff${weak}`)).toEqual(['1:1 ssh-keygen script']);
  });
});

test.each([
  ['a.yml', 'run: >-\n  openssl req -newkey\n  rsa:1024 -nodes -keyout x.key\n'],
  ['a.yml', 'a:\n  - run: >-\n      openssl req -newkey\n      rsa:1024 -nodes -keyout x.key\n'],
  ['a.sh', 'openssl req -newkey \\\n  rsa:1024 -nodes -keyout x.key\n'],
  ['a.sh', 'openssl req -newkey \\\n\trsa:1024 -nodes -keyout x.key\n'],
  ['a.sh', 'openssl req -newkey \\\nrsa:1024 -nodes -keyout x.key\n'],
])('a value on the next line is found: %s: %j', (path, text) => {
  expect(contentsOf(Buffer.from(text)) & COMMANDS, 'an anchor').not.toBe(0);
  expect(readCommands(path, Buffer.from(text)).map(({ does }) => (does.act === 'generate' ? `${does.key.algorithm} ${does.key.bits}` : does.act))).toEqual(['rsa 1024']);
});

describe('calls of libraries', () => {
  test.each([
    ['a.ts', 'generateKeyPairSync(\'rsa\', {\n  modulusLength: 1024,\n})', 'rsa 1024'],
    ['a.js', 'crypto.subtle.generateKey({ name: "RSA-OAEP", modulusLength: 1024, hash: "SHA-256" }, true, [])', 'rsa 1024'],
    ['a.js', 'forge.pki.rsa.generateKeyPair({bits: 1024})', 'rsa 1024'],
    ['a.go', 'key, err := rsa.GenerateKey(rand.Reader, 1024)', 'rsa 1024'],
    ['a.go', 'dsa.GenerateParameters(&p, rand.Reader, dsa.L1024N160)', 'dsa 1024'],
    ['a.py', 'key = RSA.generate(1024)', 'rsa 1024'],
    ['a.py', 'rsa.generate_private_key(\n    public_exponent=65537,\n    key_size=1024,\n)', 'rsa 1024'],
    ['a.py', 'paramiko.RSAKey.generate(bits=1024)', 'rsa 1024'],
    ['A.java', 'KeyPairGenerator g = KeyPairGenerator.getInstance("RSA");\ng.initialize(1024);', 'rsa 1024'],
    ['A.kt', 'val g = KeyPairGenerator.getInstance("DSA", "BC")\ng.initialize(1024, random)', 'dsa 1024'],
    ['a.rb', 'OpenSSL::PKey::RSA.new(1024)', 'rsa 1024'],
    ['a.php', 'openssl_pkey_new(["private_key_bits" => 1024])', 'rsa 1024'],
    ['a.cs', 'using var rsa = RSA.Create(1024);', 'rsa 1024'],
    ['a.rs', 'let key = RsaPrivateKey::new(&mut rng, 1024)?;', 'rsa 1024'],
    ['a.rs', 'let rsa = Rsa::generate(1024)?;', 'rsa 1024'],
  ])('%s: %s', (path, text, key) => {
    expect(contentsOf(Buffer.from(text)) & COMMANDS, 'an anchor').not.toBe(0);
    expect(readCommands(path, Buffer.from(text)).map(({ does }) => (does.act === 'generate' ? `${does.key.algorithm} ${does.key.bits}` : does.act))).toEqual([key]);
  });

  test.each([
    ['a.ts', '// generateKeyPairSync(\'rsa\', { modulusLength: 1024 })'], ['a.ts', 'generateKeyPairSync(\'rsa\', { modulusLength: bits })'], ['a.ts', 'generateKeyPairSync(\'ed25519\', { modulusLength: 1024 })'], ['a.go', 'rsa.GenerateKey(rand.Reader, bits)'], ['a.go', 'ours.GenerateKey(rand.Reader, 1024)'],
    ['A.java', 'KeyPairGenerator g = KeyPairGenerator.getInstance("EC");\ng.initialize(256);'], ['A.java', 'KeyPairGenerator g = KeyPairGenerator.getInstance("RSA");\nother.initialize(1024);'], ['a_test.go', 'rsa.GenerateKey(rand.Reader, 1024)'], ['a.py', 'RSA.generate(BITS)'],
  ])('nothing of %s: %s', (path, text) => {
    expect(readCommands(path, Buffer.from(text))).toEqual([]);
  });
});

describe('whatever a file holds', () => {
  const paths = ['a.sh', 'a.md', 'a.adoc', 'a.rst', 'Dockerfile', 'a.yml', 'Makefile', 'package.json', 'a.tf', 'Vagrantfile', 'a.py', 'ansible.cfg'];
  const pieces = ['ssh-keygen', ' -t rsa', ' -b 1024', '\n', '"', '\'', '`', '$(', ')', '{{', '}}', '${', '}', '<<EOF\n', 'EOF', '\\', '|', '>', '<', '- ', 'run: ', '```', '    ', '\t', '#', 'RUN ', 'COPY id_rsa ', '[', ']', '{', ':', 'é', '😀', '\r\n', '\0', 'resource "tls_private_key" "a" {', 'algorithm = "RSA"', '%no-protection', '&a ', '*a'];

  test('nothing is thrown, and what is found lies in the file', () => {
    fc.assert(fc.property(fc.constantFrom(...paths), fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (path, list) => {
      const text = list.join('');
      const lines = text.split('\n');
      for (const { line, column, endLine, endColumn } of readCommands(path, Buffer.from(text))) {
        expect(line).toBeGreaterThan(0);
        expect(endLine).toBeLessThanOrEqual(lines.length);
        expect(endLine > line || endColumn >= column).toBe(true);
        expect(column).toBeLessThanOrEqual(Array.from(lines[line - 1]!).length + 1);
      }
    }), { numRuns: 3000 });
  });

  test('nesting without an end comes to an end', () => {
    for (const [path, text] of [['a.sh', '$('.repeat(20_000)], ['a.sh', '{ '.repeat(20_000)], ['a.yml', '['.repeat(20_000)], ['a.yml', `${'- '.repeat(5000)}a`], ['a.md', '> '.repeat(20_000)], ['a.tf', 'a {'.repeat(20_000)], ['Dockerfile', `RUN ${'\\\n'.repeat(20_000)}`], ['a.sh', `cat ${'"'.repeat(20_001)}`]] as const) {
      expect(() => readCommands(path, Buffer.from(`${text}\n${weak}\n`))).not.toThrow();
    }
  });
});

describe('every program is read under each of its names', () => {
  const samples: Readonly<Record<string, string>> = {
    'ssh-keygen': '-t rsa -b 1024', 'openssl': 'genrsa 1024', 'puttygen': '-t rsa -b 1024 -o k', 'gpg': '--passphrase x -d y', 'keytool': '-genkeypair -keyalg RSA', 'age-keygen': '-o k', 'wg': 'genkey > k', 'step': 'crypto keypair a b --kty RSA --size 1024', 'certtool': '--generate-privkey', 'mkcert': '-key-file k localhost',
    'chmod': '777 ~/.ssh/id_rsa', 'install': '-m 644 id_rsa /root/.ssh/id_rsa', 'umask': '000; ssh-keygen -t rsa', 'cat': '~/.ssh/id_rsa', 'echo': '"$SSH_PRIVATE_KEY"', 'pbcopy': '< ~/.ssh/id_rsa', 'sshpass': '-p x ssh h', 'docker': 'build --build-arg SSH_KEY=x .',
  };

  test.each(tools.flatMap(({ names }) => names.map((name) => [`${name} ${samples[names[0]!]}`])))('%s', (command) => {
    expect(readCommands('a.sh', Buffer.from(`${command}\n`))).not.toEqual([]);
  });

  /** Ways to write one, with its words where they are listed; those with signs of the shell among them have none. */
  const forms: Readonly<Record<string, readonly [path: string, write: (command: string, words: readonly string[]) => string]>> = {
    'a script': ['a.sh', (command) => `${command}\n`],
    'a guide': ['a.md', (command) => `\`\`\`sh\n$ ${command}\n\`\`\`\n`],
    'a Dockerfile': ['Dockerfile', (command) => `FROM a\nRUN ${command}\n`],
    'a list in a Dockerfile': ['Dockerfile', (_, words) => `FROM a\nRUN ${JSON.stringify(words).replaceAll(',', ', ')}\n`],
    'a job': ['a.yml', (command) => `a:\n  run: |\n    ${command}\n`],
    'a list in YAML': ['a.yml', (_, words) => `command: ${JSON.stringify(words).replaceAll(',', ', ')}\n`],
    'a list in YAML without quotes': ['a.yml', (_, words) => `command: [${words.map((word) => (/^[\w./-]+$/.test(word) && !/^\d+$/.test(word) ? word : JSON.stringify(word))).join(', ')}]\n`],
    'a list on lines': ['a.yml', (_, words) => `command:\n${words.map((word) => `  - ${/^[\w./-]+$/.test(word) && !/^\d+$/.test(word) ? word : JSON.stringify(word)}\n`).join('')}`],
    'a list on lines as far left as its name': ['a.yml', (_, words) => `command:\n${words.map((word) => `- ${JSON.stringify(word)}\n`).join('')}`],
    'package.json': ['package.json', (command) => JSON.stringify({ scripts: { keys: command } })],
    'a Makefile': ['Makefile', (command) => `keys:\n\t${command.replaceAll('$', '$$$$')}\n`],
  };

  /** Nobody was seen to write these as lists, and every literal costs time in all files. */
  const unlisted: ReadonlySet<string> = new Set(['puttygen', 'step', 'mkcert', 'sshpass', 'docker']);

  test.each(tools.flatMap(({ names }) => Object.keys(forms).map((form) => [names[0]!, form] as const)).filter(([name, form]) => !(unlisted.has(name) && form.includes('list'))))('the sieve lets it through: %s, in %s', (name, form) => {
    const [path, write] = forms[form]!;
    const command = `${name} ${samples[name]!}`;
    if (/[;<>"]/.test(command) && form.includes('list')) return;
    const bytes = Buffer.from(write(command, command.split(' ')));
    // What no reader finds there need not be let through.
    if (readCommands(path, bytes).length > 0) expect(contentsOf(bytes) & COMMANDS, bytes.toString()).not.toBe(0);
  });

  test.each([
    ['a.sh', 'docker build --build-arg SSH_KEY="$(cat k)" .'], ['a.sh', 'docker build --build-arg=SSH_KEY=x .'], ['a.sh', 'docker build --build-arg DEPLOY_KEY .'], ['a.sh', 'docker build --build-arg=DEPLOY_KEY .'], ['a.sh', 'docker build --build-arg ID_RSA=x .'], ['a.sh', 'mkcert -key-file k.pem example.org'], ['a.sh', 'mkcert -cert-file c.pem a.test'], ['a.sh', 'mkcert -ecdsa a.test'], ['a.sh', 'ssh-keygen'], ['a.sh', 'openssl req -new -x509 -keyout k -out c'],
    ['a.yml', 'command: [openssl, req, -x509, -newkey, "rsa:1024"]'], ['a.yml', 'command: [openssl,genrsa,"1024"]'], ['a.yml', 'command:\n- openssl\n- genrsa\n- "1024"'],
  ])('the sieve lets it through: %s: %s', (path, text) => {
    const bytes = Buffer.from(`${text}\n`);
    expect(readCommands(path, bytes)).not.toEqual([]);
    expect(contentsOf(bytes) & COMMANDS).not.toBe(0);
  });
});

describe('where openssl writes a key', () => {
  test.each([
    ['openssl genrsa 2048 > k.pem', 'k.pem'], ['openssl genrsa 2048 >> k.pem', 'k.pem'], ['openssl genrsa 2048 | tee k.pem', 'k.pem'], ['openssl genrsa 2048 | sed s/a/b/ > k.pem', 'k.pem'], ['openssl genrsa -out k.pem 2048 > log', 'k.pem'], ['openssl genrsa -out - 2048 > k.pem', 'k.pem'],
    ['openssl req -new -newkey rsa:2048 -nodes -keyout k.pem > csr.pem', 'k.pem'], ['openssl req -new -newkey rsa:2048 -nodes > csr.pem', undefined], ['openssl genrsa -out "$OUT" 2048 > log', undefined], ['openssl genrsa 2048 | openssl rsa -pubout > pub.pem', undefined], ['openssl genrsa 2048 | gpg -c > k.gpg', undefined],
  ])('%s', (command, path) => {
    const made = readCommands('a.sh', Buffer.from(`${command}\n`)).flatMap(({ does }) => (does.act === 'generate' ? [does.path] : []));
    expect(made).toEqual([path]);
  });

  test('a generator in Kotlin and Scala is known by its name', () => {
    const text = 'val g = KeyPairGenerator.getInstance("RSA")\ng.initialize(1024)\n';
    expect(readCommands('A.kt', Buffer.from(text)).map(({ line, column, endLine }) => `${line}:${column}-${endLine}`)).toEqual(['1:1-2']);
  });
});

describe('what is not read for commands', () => {
  test('is told, by files and by what is staged alike; zero bytes hide nothing in a script', () => {
    const top = repository();
    const filler = '# a line\n'.repeat(1 << 18);
    write(join(top, 'large.sh'), `${weak}\n${filler}${weak}\n`);
    write(join(top, 'large.txt'), `${weak}\n${filler}${weak}\n`);
    write(join(top, 'large-and-dull.sh'), filler);
    write(join(top, 'large.yml'), `run: ${weak}\n${'# a line\n'.repeat(1 << 15)}`);
    write(join(top, 'zero.sh'), `true\0\n\0${weak}\n`);
    write(join(top, 'zero.md'), `\0\n    ${weak}\n`);
    git(top, 'add', '.');
    for (const args of [[], ['--staged']]) {
      const { findings, summary } = keylintJson(args, { cwd: top });
      expect(summary.skipped.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([{ path: 'large.sh', reason: 'too large to be read for commands' }, { path: 'large.yml', reason: 'too large to be read for commands' }, { path: 'zero.md', reason: 'not read for commands: no text' }]);
      expect(findings.map(({ path, line, column, rule }) => `${path}:${line}:${column} ${rule}`)).toEqual(['zero.sh:2:2 no-weak-keygen']);
    }
  });
});
