/**
 * What it costs to read commands: a run over a tree of documentation against the same run without the rules that judge commands. usage: node bench/keygen.mjs [FOLDER]
 * Without a folder: 5,000 made-up files, guides above all, of which every twentieth has commands about keys, in a guide in one block of six.
 * Goal: at most 1.5 times.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { compare } from './compare.mjs';

const keylint = resolve(import.meta.dirname, '../dist/cli.cjs');
const rules = readdirSync(resolve(import.meta.dirname, '../rules')).map((name) => name.replace(/\.ts$/, '')).filter((name) => /keygen$|^no-(?:legacy-key-format|loose-key-mode|key-in-image|key-echo|host-key-bypass|key-in-argv)$/.test(name));

/** The same numbers in every run. */
let seed = 1;
const random = (below) => (seed = (seed * 48_271) % 0x7fffffff) % below;
const words = 'the server reads its settings when it starts and keeps them until somebody asks for others which may take a while on large machines with many users'.split(' ');
const sentence = () => `${Array.from({ length: 8 + random(16) }, () => words[random(words.length)]).join(' ')}.`;
const paragraph = () => Array.from({ length: 3 + random(5) }, sentence).join(' ');
const commands = [
  'ssh-keygen -t ed25519 -a 100 -f ~/.ssh/id_ed25519', 'openssl req -x509 -newkey rsa:4096 -keyout key.pem -out cert.pem -days 365', 'openssl genrsa -aes256 -out private.key 4096', 'chmod 600 ~/.ssh/id_ed25519', 'cat ~/.ssh/id_ed25519.pub | ssh host "cat >> ~/.ssh/authorized_keys"',
  'ssh -o StrictHostKeyChecking=accept-new host', 'gpg --quick-generate-key "Ann <ann@example.org>"', 'keytool -genkeypair -keyalg RSA -keysize 4096 -keystore store.p12',
];
const others = ['docker compose up -d', 'curl -fsSL https://example.org/install | sh', 'npm ci && npm test', 'for i in 1 2 3; do echo "$i"; done', 'kubectl apply -f deployment.yaml'];
const script = (list) => Array.from({ length: 4 + random(8) }, () => list[random(list.length)]);

function made(i) {
  const list = i % 20 === Math.floor(i / 20) % 20 ? [...commands, ...others] : others;
  const name = `part-${i % 50}/page-${i}`;
  switch (i % 10) {
    case 0: return [`${name}.sh`, `#!/bin/sh\nset -e\n${script(list).join('\n')}\n`];
    case 1: return [`${name}.yml`, `jobs:\n  build:\n    steps:\n${script(list).map((line) => `      - run: |\n          ${line}\n`).join('')}`];
    case 2: return [`${name}/Dockerfile`, `FROM debian\n${script(list).map((line) => `RUN ${line}\n`).join('')}`];
    default: return [`${name}.md`, `# ${sentence()}\n\n${Array.from({ length: 6 }, (_, at) => `${paragraph()}\n\n\`\`\`sh\n${script(at === 2 ? list : others).join('\n')}\n\`\`\`\n`).join('\n')}`];
  }
}

const base = mkdtempSync(join(tmpdir(), 'keylint-bench-'));
try {
  let folder = process.argv[2] && resolve(process.argv[2]);
  if (!folder) {
    folder = join(base, 'docs');
    for (let i = 0; i < 5000; i++) {
      const [name, text] = made(i);
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  }
  for (const [name, severity] of [['with', 'warn'], ['without', 'off']]) writeFileSync(join(base, `${name}.json`), JSON.stringify({ extends: 'keylint:recommended', rules: Object.fromEntries(rules.map((rule) => [rule, severity])) }));
  const run = (name) => ({ name: `keylint ${name} the rules`, argv: ['node', keylint, '--exit-zero', '--jobs', '1', '-f', 'json', '-c', join(base, `${name}.json`), '.'], cwd: folder });
  await compare(`${folder}: ${readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length.toLocaleString('en')} files`, [run('with'), run('without')]);
} finally {
  rmSync(base, { recursive: true, force: true });
}
