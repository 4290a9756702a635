import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { rules } from '../../rules/index.ts';
import { noKeyInArgv as rule } from '../../rules/no-key-in-argv.ts';
import { noWeakKeygen } from '../../rules/no-weak-keygen.ts';
import { ofCommand, ofText } from './command-text.ts';

const options = (command: string, given?: Readonly<Record<string, unknown>>): readonly string[] => ofCommand(rule, command, given).map(({ message }) => /^(.*) is given a (?:passphrase|private key) on the command line \((.*)\),/.exec(message)!.slice(1).join(' '));

describe('no-key-in-argv', () => {
  test.each([
    ['ssh-keygen -t ed25519 -N hunter2 -f k', 'ssh-keygen -N'],
    ['ssh-keygen -p -P old -N new -f k', 'ssh-keygen -N|ssh-keygen -P'],
    ['openssl genrsa -aes256 -passout pass:hunter2 -out k 4096', 'openssl genrsa -passout pass:'],
    ['sshpass -p hunter2 ssh host', 'sshpass -p'],
    ['gpg --batch --passphrase hunter2 -d x', 'gpg --passphrase'],
    ['keytool -genkeypair -keyalg RSA -keysize 4096 -storepass hunter2 -keystore k', 'keytool -storepass'],
    ['kubectl create secret generic x --from-literal=key="$(cat id_rsa)"', 'kubectl --from-literal'],
    ['certtool --generate-privkey --password hunter2', 'certtool --password'],
    ['PASS=hunter2; sshpass -p "$PASS" ssh host', 'sshpass -p'],
    ['P=hunter2; openssl rsa -in k -passin pass:"$P" -out o', 'openssl rsa -passin pass:'],
    ['P=hunter2; ssh-keygen -t ed25519 -N "$P" -f k', 'ssh-keygen -N'],
    ['P=hunter2; sshpass -p "$P" ssh a; sshpass -p "$P" ssh b; Q=hunter3; sshpass -p "$Q" ssh a', 'sshpass -p|sshpass -p'],
    ['sshpass -p hunter2 ssh a; sshpass -p hunter2 ssh b', 'sshpass -p|sshpass -p'],
    ['P=hunter2; sshpass -p "$P" ssh a; sshpass -p "literal$P" ssh b; sshpass -p"$P" ssh a; sshpass -p "$P" -p literal ssh b', 'sshpass -p|sshpass -p|sshpass -p'],
    ['P=hunter2; openssl genrsa -aes256 -passout pass:$P 4096; openssl genrsa -aes256 -passout "pass:literal$P" 4096; openssl genrsa -aes256 -passout pass:"$P" 4096; openssl genrsa -aes256 -passout pass:$P -passout pass:literal 4096', 'openssl genrsa -passout pass:|openssl genrsa -passout pass:|openssl genrsa -passout pass:'],
    ['P=hunter2; gpg --passphrase=$P -d x; gpg --passphrase="a$P" -d x; gpg --passphrase="$P" -d x', 'gpg --passphrase|gpg --passphrase'],
    ['P=hunter2; keytool -list -storepass $P; keytool -list -storepass ${P}1; certtool -p --password $P; certtool -p --password "$P."; ssh-keygen -N "$P" -f k; ssh-keygen -N "$P-" -f k', 'keytool -storepass|keytool -storepass|certtool --password|ssh-keygen -N'],
    ['P=a1; Q=b2; ssh-keygen -p -P "$P" -N "$Q" -f k', 'ssh-keygen -N|ssh-keygen -P'],
    ['heroku config:set KEY="$(cat private.pem)"', 'heroku a word'],
    ['docker run -e KEY="$(cat ~/.ssh/id_rsa)" x', 'docker -e'],
  ])('%s', (command, found) => {
    expect(options(command)).toEqual(found.split('|'));
  });

  test.each([
    'ssh-keygen -t ed25519 -N "" -f k', 'ssh-keygen -t ed25519 -N "$PHRASE" -f k', 'openssl rsa -in k -passin env:P -out o', 'openssl rsa -in k -passin pass:"$P" -out o', 'sshpass -e ssh host', 'sshpass -f file ssh host', 'read P; sshpass -p "$P" ssh host', 'P=$(cat file); ssh-keygen -t ed25519 -N "$P" -f k', 'P=; ssh-keygen -t ed25519 -N "$P" -f k', 'keytool -list -storepass changeit -cacerts', 'export KEY="$(cat id_rsa)"', 'kubectl create secret generic x --from-file=id_rsa', 'gpg --passphrase-fd 0 -d x',
  ])('nothing of %s', (command) => {
    expect(options(command)).toEqual([]);
  });

  test('variables count where the policy says so', () => {
    expect(options('sshpass -p "$P" ssh host', { variables: true })).toEqual(['sshpass -p']);
    expect(options('openssl rsa -in k -passin pass:"$P" -out o', { variables: true })).toEqual(['openssl rsa -passin pass:']);
  });

  test.each([
    'ssh-keygen -t rsa -b 1024 -N hunter2 -f k', 'ssh-keygen -t rsa -b 1024 -Nhunter2 -f k', 'openssl genrsa -passout pass:hunter2 -aes256 1024', 'sudo sshpass -phunter2 ssh host', 'gpg --passphrase=hunter2 --quick-gen-key a rsa1024',
    'ssh-keygen -t rsa -b 1024 -N hunter2 -N other -f k', 'ssh-keygen -t rsa -b 1024 -N "hunter2$X" -f k', 'ssh-keygen -t rsa -b 1024 "-Nhunter2$X" -f k', 'ssh-keygen -t rsa -b 1024 -N "${X:-hunter2}" -f k', 'ssh-keygen -t rsa -b 1024 -qN hunter2 -f k',
    'openssl genrsa -aes256 -passout pass:hunter2 -passout pass:other 1024', 'openssl genrsa -aes256 -passout "pass:hunter2-$USER" 1024', 'openssl genrsa -aes256 -passout=pass:hunter2 1024', 'certtool --generate-privkey --bits 1024 --password hunter2', 'certtool -p --bits 1024 --pkcs8 --password="hunter2$X"',
    'gpg --passphrase hunter2 --passphrase other --quick-gen-key a rsa1024', 'keytool -genkeypair -keyalg RSA -keysize 1024 -storepass hunter2 -storepass other', ...['signerkeypass', 'srckeypass', 'destkeypass'].map((name) => `keytool -genkeypair -keyalg RSA -keysize 1024 -${name} hunter2`),
    'docker run -e DB_PASSWORD=hunter2 image ssh -o StrictHostKeyChecking=no u@h', 'sshpass -p hunter2 ssh -o StrictHostKeyChecking=no u@h', 'sshpass -phunter2 ssh -oStrictHostKeyChecking=no u@h',
  ])('no rule says the secret of %s', (command) => {
    const said = rules.filter(({ checkCommand }) => checkCommand).flatMap((each) => ofCommand(each, command));
    expect(said).not.toEqual([]);
    expect(JSON.stringify(said)).not.toContain('hunter2');
  });

  test('a variable is shown as it is written', () => {
    for (const word of ['"$PHRASE"', '${PHRASE}', '"${{ secrets.PHRASE }}"', '<passphrase>', '""']) expect(ofCommand(noWeakKeygen, `ssh-keygen -t rsa -b 1024 -N ${word} -f k`)[0]!.help).toContain(`-N ${word}`);
  });

  test('no rule says a key that was pasted into a word', () => {
    const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const [, body] = pem.split('\n');
    for (const [path, text] of [
      ['a.sh', `ssh-keygen -t rsa -b 1024 -C "${pem}"\n`], ['a.sh', `ssh-keygen -t rsa -b 1024 -C ${body}\n`], ['a.sh', `ssh-keygen -t rsa -b 1024 -N "" -f /${body}\n`], ['a.sh', `${body} --key="$(cat id_rsa)"\n`],
      ['a.sh', `ssh -o User=${body} -o StrictHostKeyChecking=no h\n`], ['a.yml', `? "${body}"\n: ssh -o StrictHostKeyChecking=no h\n`],
    ] as const) {
      const said = rules.filter(({ checkCommand }) => checkCommand).flatMap((each) => ofText(each, path, text));
      expect(said, text).not.toEqual([]);
      expect(JSON.stringify(said).toLowerCase()).not.toContain(body!.slice(0, 24).toLowerCase());
    }
  });
});
