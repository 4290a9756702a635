import { describe, expect, test } from 'vitest';
import { noWeakSshAlgorithm as rule } from '../../rules/no-weak-ssh-algorithm.ts';
import { attempt, describeWith, hasTool, run } from '../tools.ts';
import { findings } from './key.ts';
import { inShort, readAs } from './ssh-text.ts';

const say = (text: string, options = {}): readonly string[] => inShort(findings(rule, [], options, readAs('config', text).files));

/** What a list of one directive is said to allow, whatever the reason. */
const named = (line: string): readonly string[] => say(line).flatMap((text) => /allows (.*) for every host/.exec(text)![1]!.split(', '));

describe('no-weak-ssh-algorithm', () => {
  test('says what is allowed, for which hosts, and why it is weak', () => {
    expect(say('Host old\n  HostKeyAlgorithms +ssh-rsa,ssh-dss\n')).toEqual(['2 HostKeyAlgorithms allows ssh-rsa, ssh-dss for Host old: RSA with SHA-1, off since OpenSSH 8.8; DSA, removed in OpenSSH 10.0']);
    expect(say('Match user git\n  Ciphers aes256-ctr,aes256-cbc\n')).toEqual(['2 Ciphers allows aes256-cbc for Match user git: CBC mode, off since OpenSSH 7.6']);
    expect(say('Match all\n MACs hmac-md5\n')).toEqual(['2 MACs allows hmac-md5 for every host: MD5, off since OpenSSH 7.2']);
  });

  test.each([
    ['Ciphers 3des-cbc,arcfour,arcfour256,blowfish-cbc,rijndael-cbc@lysator.liu.se,none'],
    ['MACs hmac-md5,hmac-md5-96-etm@openssh.com,hmac-sha1-96,hmac-ripemd160@openssh.com'],
    ['KexAlgorithms diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1,gss-gex-sha1-,gss-group14-sha1-'],
    ['HostKeyAlgorithms ssh-rsa,ssh-dss,ssh-rsa-cert-v01@openssh.com,ssh-dss-cert-v01@openssh.com'],
    ['PubkeyAcceptedKeyTypes ssh-rsa'], ['PubkeyAcceptedAlgorithms ssh-rsa'], ['HostbasedKeyTypes ssh-rsa'], ['HostbasedAcceptedAlgorithms ssh-rsa'], ['CASignatureAlgorithms ssh-rsa'],
  ])('each of %s', (line) => {
    const [keyword, list = ''] = line.split(' ');
    for (const sign of ['', '+', '^']) expect(named(`${keyword} ${sign}${list}\n`)).toEqual(list.split(','));
    expect(say(`${keyword} -${list}\n`)).toEqual([]);
    expect(say(`${keyword}=${list}\n`, { accept: list.split(',') })).toEqual([]);
  });

  test.each([
    'Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-ctr',
    'MACs hmac-sha1,hmac-sha2-256-etm@openssh.com,umac-64@openssh.com',
    'KexAlgorithms curve25519-sha256,diffie-hellman-group14-sha256,diffie-hellman-group-exchange-sha256,sntrup761x25519-sha512@openssh.com',
    'PubkeyAcceptedAlgorithms rsa-sha2-512,ssh-ed25519', 'User ssh-rsa', 'HostName ssh-dss',
  ])('nothing of %s', (line) => {
    expect(say(`${line}\n`)).toEqual([]);
  });
});

/** Debian's OpenSSH 9.2 and later know no algorithm by default that the rule calls weak, and everything else that it knows is either weak or a default. */
describeWith(['ssh'], 'the defaults of ssh', () => {
  const settings = hasTool('ssh') ? run('ssh', ['-G', '-F', 'none', 'host']) : '';
  const keywords = ['ciphers', 'macs', 'kexalgorithms', 'hostkeyalgorithms', 'pubkeyacceptedalgorithms', 'casignaturealgorithms'];

  test.each(keywords)('%s: none of them is weak', (keyword) => {
    const [, list] = new RegExp(`^${keyword} (.*)$`, 'm').exec(settings)!;
    expect(list!.split(',').length).toBeGreaterThan(3);
    expect(say(`${keyword} ${list}\n`)).toEqual([]);
  });

  test.each([['ciphers', 'cipher'], ['macs', 'mac'], ['kexalgorithms', 'kex']])('%s: what ssh can do and does not offer is weak', (keyword, query) => {
    const [, list] = new RegExp(`^${keyword} (.*)$`, 'm').exec(settings)!;
    const offered = new Set(list!.split(','));
    const { stdout } = attempt('ssh', ['-Q', query]);
    const others = stdout.trim().split('\n').filter((name) => !offered.has(name));
    // ML-KEM with a NIST curve is new and no default yet.
    expect(others.filter((name) => !name.startsWith('mlkem')).every((name) => named(`${keyword} ${name}\n`).length === 1)).toBe(true);
    expect(others.length).toBeGreaterThan(0);
  });
});
