import { describe, expect, test } from 'vitest';
import { noKeyInImage as rule } from '../../rules/no-key-in-image.ts';
import { ofText } from './command-text.ts';

const said = (text: string, path = 'Dockerfile'): readonly string[] => ofText(rule, path, text).map(({ line, severity, message }) => `${line} ${severity}: ${message}`);

describe('no-key-in-image', () => {
  test.each([
    ['COPY id_rsa /root/.ssh/id_rsa', 'error: COPY puts the private key id_rsa into the image'],
    ['ADD --chown=app:app ["keys/server.key", "/etc/ssl/"]', 'error: ADD puts the private key keys/server.key into the image'],
    ['COPY $KEY /root/.ssh/id_ed25519', 'error: COPY puts the private key /root/.ssh/id_ed25519 into the image'],
    ['ARG SSH_PRIVATE_KEY', 'error: ARG SSH_PRIVATE_KEY takes a private key, which stays in the history of the image'],
    ['ENV A=b DEPLOY_KEY=$KEY', 'error: ENV DEPLOY_KEY keeps a private key in the image'],
    ['RUN echo "$SSH_PRIVATE_KEY" > /root/.ssh/id_rsa && chmod 600 /root/.ssh/id_rsa', 'error: echo writes the private key /root/.ssh/id_rsa into a layer of the image'],
    ['RUN ssh-keygen -t ed25519 -N "" -f /root/.ssh/id_ed25519', 'warn: ssh-keygen makes an Ed25519 key in the image: every container has the same, and so has everybody with the image'],
    ['RUN ssh-keygen -A', 'error: ssh-keygen makes host keys in the image: every container has the same, and so has everybody with the image'.replace('ssh-keygen makes', 'ssh-keygen -A makes')],
    ['RUN ["sh", "-c", "ssh-keygen -A"]', 'error: ssh-keygen -A makes host keys in the image: every container has the same, and so has everybody with the image'],
    ['RUN --mount=type=cache,target=/x \\\n  # why\n  ssh-keygen -A', 'error: ssh-keygen -A makes host keys in the image: every container has the same, and so has everybody with the image'],
  ])('%s', (text, message) => {
    expect(said(`FROM debian\n${text}\n`).map((line) => line.replace(/^\d+ /, ''))).toEqual([message]);
  });

  test('a here-document, with the line in it', () => {
    expect(said('FROM debian\nRUN <<EOF\nset -e\nssh-keygen -A\nEOF\n')).toEqual([expect.stringMatching(/^4 error: ssh-keygen -A makes host keys/)]);
  });

  test('a stage that another follows leaves it behind, unless that is built on it or takes the key out of it', () => {
    const note = '2 note: COPY puts the private key id_rsa into a stage of the build, and so into the builder\'s cache';
    const error = '2 error: COPY puts the private key id_rsa into the image';
    expect(said('FROM a AS b\nCOPY id_rsa /root/.ssh/\nRUN ssh-keygen -A\nFROM c\nCOPY --from=b /app /app\n')).toEqual([note]);
    expect(said('FROM a AS b\nCOPY id_rsa /root/.ssh/\nFROM c\nCOPY --from=b /root/.ssh/id_rsa /x\n')).toEqual([note, '4 error: COPY puts the private key /root/.ssh/id_rsa into the image']);
    expect(said('FROM a AS b\nCOPY id_rsa /root/.ssh/\nFROM B\n')).toEqual([error]);
    expect(said('FROM --platform=linux/amd64 a as b\nCOPY id_rsa /root/.ssh/\nFROM x AS other\nFROM b AS c\nRUN ssh-keygen -A\nFROM c\n')).toEqual([error, expect.stringMatching(/^5 error: ssh-keygen -A makes host keys in the image/)]);
    // Instructions that a guide shows without their beginning.
    expect(said('RUN x\nCOPY id_rsa /root/.ssh/\n')).toEqual([error]);
    // An image, not the stage of that name: none stands before it.
    expect(said('FROM a AS b\nCOPY id_rsa /root/.ssh/\nFROM c\nRUN x\nFROM d AS c\n')).toEqual([note]);
  });

  test.each([
    'COPY id_rsa.pub /root/.ssh/authorized_keys', 'COPY package.json .', 'COPY . .', 'ARG SSH_KEY_FILE', 'ARG NODE_VERSION=20', 'ENV PRIVATE_KEY_PATH=/run/secrets/key', 'ENV SSH_PRIVATE_KEY=""', 'RUN --mount=type=ssh git clone x', 'RUN --mount=type=secret,id=key,target=/root/.ssh/id_rsa git clone x',
    'RUN echo "$SSH_PRIVATE_KEY" > /root/.ssh/id_rsa && git clone x && rm /root/.ssh/id_rsa', 'RUN openssl req -x509 -newkey rsa:4096 -nodes -keyout /tmp/k -out /tmp/c', 'CMD ["ssh-keygen", "-A"]', '# COPY id_rsa /root/.ssh/id_rsa',
  ])('nothing of %s', (text) => {
    expect(said(`FROM debian\n${text}\n`)).toEqual([]);
  });

  test('build arguments of Compose and of docker build', () => {
    expect(said('services:\n  a:\n    build:\n      args:\n        SSH_PRIVATE_KEY: ${KEY}\n', 'compose.yaml')).toEqual(['5 error: build.args SSH_PRIVATE_KEY takes a private key, which stays in the history of the image']);
    expect(said('docker build --build-arg SSH_PRIVATE_KEY="$KEY" .\n', 'build.sh')).toEqual(['1 error: docker build SSH_PRIVATE_KEY takes a private key, which stays in the history of the image']);
    expect(said('docker build --build-arg VERSION=1 .\n', 'build.sh')).toEqual([]);
  });
});
