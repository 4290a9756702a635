import { createHash } from './hash.ts';

/**
 * The public half of a private key, for files that hold only the private one.
 * Private scalars go in and public bytes come out; nothing is kept but tables of public multiples.
 * Running time depends on the numbers: this reads keys that lie in files, it signs nothing.
 */

/** y^2 = x^3 + ax + b over the integers modulo a prime, with a base point of order n (SEC 1, 3.1.1). */
export interface PrimeCurve {
  readonly p: bigint;
  readonly a: bigint;
  readonly b: bigint;
  readonly x: bigint;
  readonly y: bigint;
  readonly n: bigint;
}

/** Name, then p a b x y n in hex: `openssl ecparam -name NAME -param_enc explicit`. */
const domainParameters = `
  secp112r1 db7c2abf62e35e668076bead208b -3 659ef8ba043916eede8911702b22 9487239995a5ee76b55f9c2f098 a89ce5af8724c0a23e0e0ff77500 db7c2abf62e35e7628dfac6561c5
  secp112r2 db7c2abf62e35e668076bead208b 6127c24c05f38a0aaaf65c0ef02c 51def1815db5ed74fcc34c85d709 4ba30ab5e892b4e1649dd0928643 adcd46f5882e3747def36e956e97
    36df0aafd8b8d7597ca10520d04b
  secp128r1 fffffffdffffffffffffffffffffffff -3 e87579c11079f43dd824993c2cee5ed3 161ff7528b899b2d0c28607ca52c5b86 cf5ac8395bafeb13c02da292dded7a83
    fffffffe0000000075a30d1b9038a115
  secp128r2 fffffffdffffffffffffffffffffffff d6031998d1b3bbfebf59cc9bbff9aee1 5eeefca380d02919dc2c6558bb6d8a5d 7b6aa5d85e572983e6fb32a7cdebc140
    27b6916a894d3aee7106fe805fc34b44 3fffffff7fffffffbe0024720613b5a3
  secp160k1 fffffffffffffffffffffffffffffffeffffac73 0 7 3b4c382ce37aa192a4019e763036f4f5dd4d7ebb 938cf935318fdced6bc28286531733c3f03c4fee
    100000000000000000001b8fa16dfab9aca16b6b3
  secp160r1 ffffffffffffffffffffffffffffffff7fffffff -3 1c97befc54bd7a8b65acf89f81d4d4adc565fa45 4a96b5688ef573284664698968c38bb913cbfc82
    23a628553168947d59dcc912042351377ac5fb32 100000000000000000001f4c8f927aed3ca752257
  secp160r2 fffffffffffffffffffffffffffffffeffffac73 -3 b4e134d3fb59eb8bab57274904664d5af50388ba 52dcb034293a117e1f4ff11b30f7199d3144ce6d
    feaffef2e331f296e071fa0df9982cfea7d43f2e 100000000000000000000351ee786a818f3a1a16b
  secp192k1 fffffffffffffffffffffffffffffffffffffffeffffee37 0 3 db4ff10ec057e9ae26b07d0280b7f4341da5d1b1eae06c7d
    9b2f2f6d9c5628a7844163d015be86344082aa88d95e2f9d fffffffffffffffffffffffe26f2fc170f69466a74defd8d
  secp224k1 fffffffffffffffffffffffffffffffffffffffffffffffeffffe56d 0 5 a1455b334df099df30fc28a169a467e9e47075a90f7e650eb6b7a45c
    7e089fed7fba344282cafbd6f7e319f7c0b0bd59e2ca4bdb556d61a5 10000000000000000000000000001dce8d2ec6184caf0a971769fb1f7
  secp224r1 ffffffffffffffffffffffffffffffff000000000000000000000001 -3 b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4
    b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21 bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34
    ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d
  secp256k1 fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f 0 7 79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798
    483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8 fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141
  secp384r1 fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff -3
    b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef
    aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7
    3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f
    ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973
  secp521r1 1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff -3
    51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00
    c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66
    11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650
    1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409
  prime192v1 fffffffffffffffffffffffffffffffeffffffffffffffff -3 64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1
    188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012 7192b95ffc8da78631011ed6b24cdd573f977a11e794811 ffffffffffffffffffffffff99def836146bc9b1b4d22831
  prime192v2 fffffffffffffffffffffffffffffffeffffffffffffffff -3 cc22d6dfb95c6b25e49c0d6364a4e5980c393aa21668d953
    eea2bae7e1497842f2de7769cfe9c989c072ad696f48034a 6574d11d69b6ec7a672bb82a083df2f2b0847de970b2de15 fffffffffffffffffffffffe5fb1a724dc80418648d8dd31
  prime192v3 fffffffffffffffffffffffffffffffeffffffffffffffff -3 22123dc2395a05caa7423daeccc94760a7d462256bd56916
    7d29778100c65a1da1783716588dce2b8b4aee8e228f1896 38a90f22637337334b49dcb66a6dc8f9978aca7648a943b0 ffffffffffffffffffffffff7a62d031c83f4294f640ec13
  prime239v1 7fffffffffffffffffffffff7fffffffffff8000000000007fffffffffff -3 6b016c3bdcf18941d0d654921475ca71a9db2fb27d1d37796185c2942c0a
    ffa963cdca8816ccc33b8642bedf905c3d358573d3f27fbbd3b3cb9aaaf 7debe8e4e90a5dae6e4054ca530ba04654b36818ce226b39fccb7b02f1ae
    7fffffffffffffffffffffff7fffff9e5e9a9f5d9071fbd1522688909d0b
  prime239v2 7fffffffffffffffffffffff7fffffffffff8000000000007fffffffffff -3 617fab6832576cbbfed50d99f0249c3fee58b94ba0038c7ae84c8c832f2c
    38af09d98727705120c921bb5e9e26296a3cdcf2f35757a0eafd87b830e7 5b0125e4dbea0ec7206da0fc01d9b081329fb555de6ef460237dff8be4ba
    7fffffffffffffffffffffff800000cfa7e8594377d414c03821bc582063
  prime239v3 7fffffffffffffffffffffff7fffffffffff8000000000007fffffffffff -3 255705fa2a306654b1f4cb03d6a750a30c250102d4988717d9ba15ab6d3e
    6768ae8e18bb92cfcf005c949aa2c6d94853d0e660bbf854b1c9505fe95a 1607e6898f390c06bc1d552bad226f3b6fcfe48b6e818499af18e3ed6cf3
    7fffffffffffffffffffffff7fffff975deb41b3a6057c3c432146526551
  prime256v1 ffffffff00000001000000000000000000000000ffffffffffffffffffffffff -3 5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b
    6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296 4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5
    ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
  wap-wsg-idm-ecid-wtls8 fffffffffffffffffffffffffde7 0 3 1 2 100000000000001ecea551ad837e9
  wap-wsg-idm-ecid-wtls9 fffffffffffffffffffffffffffffffffffc808f 0 3 1 2 100000000000000000001cdc98ae0e2de574abf33
  brainpoolP160r1 e95e4a5f737059dc60dfc7ad95b3d8139515620f 340e7be2a280eb74e2be61bada745d97e8f7c300 1e589a8595423412134faa2dbdec95c8d8675e58
    bed5af16ea3f6a4f62938c4631eb5af7bdbcdbc3 1667cb477a1a8ec338f94741669c976316da6321 e95e4a5f737059dc60df5991d45029409e60fc09
  brainpoolP160t1 e95e4a5f737059dc60dfc7ad95b3d8139515620f -3 7a556b6dae535b7b51ed2c4d7daa7a0b5c55f380 b199b13b9b34efc1397e64baeb05acc265ff2378
    add6718b7c7c1961f0991b842443772152c9e0ad e95e4a5f737059dc60df5991d45029409e60fc09
  brainpoolP192r1 c302f41d932a36cda7a3463093d18db78fce476de1a86297 6a91174076b1e0e19c39c031fe8685c1cae040e5c69a28ef
    469a28ef7c28cca3dc721d044f4496bcca7ef4146fbf25c9 c0a0647eaab6a48753b033c56cb0f0900a2f5c4853375fd6 14b690866abd5bb88b5f4828c1490002e6773fa2fa299b8f
    c302f41d932a36cda7a3462f9e9e916b5be8f1029ac4acc1
  brainpoolP192t1 c302f41d932a36cda7a3463093d18db78fce476de1a86297 -3 13d56ffaec78681e68f9deb43b35bec2fb68542e27897b79
    3ae9e58c82f63c30282e1fe7bbf43fa72c446af6f4618129 97e2c5667c2223a902ab5ca449d0084b7e5b3de7ccc01c9 c302f41d932a36cda7a3462f9e9e916b5be8f1029ac4acc1
  brainpoolP224r1 d7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0ff 68a5e62ca9ce6c1c299803a6c1530b514e182ad8b0042a59cad29f43
    2580f63ccfe44138870713b1a92369e33e2135d266dbb372386c400b d9029ad2c7e5cf4340823b2a87dc68c9e4ce3174c1e6efdee12c07d
    58aa56f772c0726f24c6b89e4ecdac24354b9e99caa3f6d3761402cd d7c134aa264366862a18302575d0fb98d116bc4b6ddebca3a5a7939f
  brainpoolP224t1 d7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0ff -3 4b337d934104cd7bef271bf60ced1ed20da14c08b3bb64f18a60888d
    6ab1e344ce25ff3896424e7ffe14762ecb49f8928ac0c76029b4d580 374e9f5143e568cd23f3f4d7c0d4b1e41c8cc0d1c6abd5f1a46db4c
    d7c134aa264366862a18302575d0fb98d116bc4b6ddebca3a5a7939f
  brainpoolP256r1 a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377 7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9
    26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6 8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262
    547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997 a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7
  brainpoolP256t1 a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377 -3 662c61c430d84ea4fe66a7733d0b76b7bf93ebc4af2f49256ae58101fee92b04
    a3e8eb3cc1cfe7b7732213b23a656149afa142c47aafbc2b79a191562e1305f4 2d996c823439c56d7f7b22e14644417e69bcb6de39d027001dabe8f35b25c9be
    a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7
  brainpoolP320r1 d35e472036bc4fb7e13c785ed201e065f98fcfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e27
    3ee30b568fbab0f883ccebd46d3f3bb8a2a73513f5eb79da66190eb085ffa9f492f375a97d860eb4
    520883949dfdbc42d3ad198640688a6fe13f41349554b49acc31dccd884539816f5eb4ac8fb1f1a6
    43bd7e9afb53d8b85289bcc48ee5bfe6f20137d10a087eb6e7871e2a10a599c710af8d0d39e20611
    14fdd05545ec1cc8ab4093247f77275e0743ffed117182eaa9c77877aaac6ac7d35245d1692e8ee1
    d35e472036bc4fb7e13c785ed201e065f98fcfa5b68f12a32d482ec7ee8658e98691555b44c59311
  brainpoolP320t1 d35e472036bc4fb7e13c785ed201e065f98fcfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e27 -3
    a7f561e038eb1ed560b3d147db782013064c19f27ed27c6780aaf77fb8a547ceb5b4fef422340353
    925be9fb01afc6fb4d3e7d4990010f813408ab106c4f09cb7ee07868cc136fff3357f624a21bed52
    63ba3a7a27483ebf6671dbef7abb30ebee084e58a0b077ad42a5a0989d1ee71b1b9bc0455fb0d2c3
    d35e472036bc4fb7e13c785ed201e065f98fcfa5b68f12a32d482ec7ee8658e98691555b44c59311
  brainpoolP384r1 8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53
    7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826
    4a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11
    1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e
    8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315
    8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565
  brainpoolP384t1 8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53 -3
    7f519eada7bda81bd826dba647910f8c4b9346ed8ccdc64e4b1abd11756dce1d2074aa263b88805ced70355a33b471ee
    18de98b02db9a306f2afcd7235f72a819b80ab12ebd653172476fecd462aabffc4ff191b946a5f54d8d0aa2f418808cc
    25ab056962d30651a114afd2755ad336747f93475b7a1fca3b88f2b6a208ccfe469408584dc2b2912675bf5b9e582928
    8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565
  brainpoolP512r1 aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3
    7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca
    3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723
    81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822
    7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892
    aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069
  brainpoolP512t1 aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3 -3
    7cbbbcf9441cfab76e1890e46884eae321f70c0bcb4981527897504bec3e36a62bcdfa2304976540f6450085f2dae145c22553b465763689180ea2571867423e
    640ece5c12788717b9c1ba06cbc2a6feba85842458c56dde9db1758d39c0313d82ba51735cdb3ea499aa77a7d6943a64f7a3f25fe26f06b51baa2696fa9035da
    5b534bd595f5af0fa2c892376c84ace1bb4e3019b71634c01131159cae03cee9d9932184beef216bd71df2dadf86a627306ecff96dbb8bace198b61e00f8b332
    aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069
  SM2 fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff -3 28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93
    32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7 bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0
    fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123
`;

/** Curves that WAP names a second time (WAP-261-WTLS, appendix A). */
const sameCurve: ReadonlyMap<string, string> = new Map([
  ['wap-wsg-idm-ecid-wtls6', 'secp112r1'],
  ['wap-wsg-idm-ecid-wtls7', 'secp160r2'],
  ['wap-wsg-idm-ecid-wtls12', 'secp224r1'],
]);

let namedCurves: ReadonlyMap<string, PrimeCurve> | undefined;

function named(): ReadonlyMap<string, PrimeCurve> {
  if (namedCurves) return namedCurves;
  const words = domainParameters.trim().split(/\s+/);
  const map = new Map<string, PrimeCurve>();
  for (let i = 0; i < words.length; i += 7) {
    const [p, b, x, y, n] = [1, 3, 4, 5, 6].map((k) => BigInt(`0x${words[i + k]}`)) as [bigint, bigint, bigint, bigint, bigint];
    const a = words[i + 2] === '-3' ? p - 3n : BigInt(`0x${words[i + 2]}`);
    map.set(words[i]!, { p, a, b, x, y, n });
  }
  return (namedCurves = map);
}

/** The parameters of a prime curve by OpenSSL's name; `undefined` for binary and unknown curves. */
export function primeCurve(name: string): PrimeCurve | undefined {
  return named().get(sameCurve.get(name) ?? name);
}

/** The name of the curve that has these parameters. */
export function nameOfCurve(curve: PrimeCurve): string | undefined {
  for (const [name, c] of named()) {
    if (c.p === curve.p && c.n === curve.n && c.a === curve.a && c.b === curve.b && c.x === curve.x && c.y === curve.y) return name;
  }
  return undefined;
}

/** The named curves that an encoded point lies on: two curves over the same field share a point only by construction. */
export function curvesThrough(point: Uint8Array): readonly string[] {
  return [...named()].filter(([, curve]) => point.length === 1 + 2 * bytesOf(curve) && isOnCurve(curve, point)).map(([name]) => name);
}

/** Bytes of a coordinate. */
export function bytesOf(curve: PrimeCurve): number {
  return (curve.p.toString(16).length + 1) >> 1;
}

/** Unsigned big-endian bytes as a number. */
export function toBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`);
}

function toBytes(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex');
}

function modulo(value: bigint, p: bigint): bigint {
  const rest = value % p;
  return rest < 0n ? rest + p : rest;
}

/** The inverse modulo p; `undefined` where there is none (zero, or parameters that are no curve). */
function inverse(value: bigint, p: bigint): bigint | undefined {
  let [r, next, s, t] = [p, modulo(value, p), 0n, 1n];
  while (next > 0n) {
    const q = r / next;
    [r, next, s, t] = [next, r - q * next, t, s - q * t];
  }
  return r === 1n ? modulo(s, p) : undefined;
}

/** base^exponent modulo an odd number, with windows of four bits. */
function power(base: bigint, exponent: bigint, p: bigint): bigint {
  const multiples = [1n];
  for (let i = 1; i < 16; i++) multiples.push((multiples[i - 1]! * base) % p);
  let result = 1n;
  for (const digit of exponent.toString(16)) {
    for (let i = 0; i < 4; i++) result = (result * result) % p;
    const value = Number.parseInt(digit, 16);
    if (value) result = (result * multiples[value]!) % p;
  }
  return result;
}

/** Squaring modulo p once per bit of the exponent: about 60 ms at the most. */
const MAX_POWER_COST = 4096 ** 3;

/** g^x mod p, the public half of a DSA, DH or ElGamal key. `undefined` for a modulus that is even, or too large to do in bounded time. */
export function publicPower(g: Uint8Array, x: Uint8Array, p: Uint8Array): Buffer | undefined {
  if (p.length === 0 || p[p.length - 1]! % 2 === 0 || g.length > p.length) return undefined;
  if ((p.length * 8) ** 2 * x.length * 8 > MAX_POWER_COST) return undefined;
  const modulus = toBigInt(p);
  return toBytes(power(modulo(toBigInt(g), modulus), toBigInt(x), modulus), p.length);
}

/** A point in Jacobian coordinates: (X/Z^2, Y/Z^3); Z = 0 at infinity. */
type Jacobian = readonly [x: bigint, y: bigint, z: bigint];
const infinity: Jacobian = [1n, 1n, 0n];

function double([x, y, z]: Jacobian, { p, a }: PrimeCurve): Jacobian {
  const yy = (y * y) % p;
  const s = (4n * x * yy) % p;
  const zz = (z * z) % p;
  const m = (3n * x * x + a * zz * zz) % p;
  const x3 = modulo(m * m - 2n * s, p);
  return [x3, modulo(m * (s - x3) - 8n * yy * yy, p), (2n * y * z) % p];
}

function add(first: Jacobian, second: Jacobian, curve: PrimeCurve): Jacobian {
  const { p } = curve;
  const [x1, y1, z1] = first;
  const [x2, y2, z2] = second;
  if (z1 === 0n) return second;
  if (z2 === 0n) return first;
  const z1z1 = (z1 * z1) % p;
  const z2z2 = (z2 * z2) % p;
  const u1 = (x1 * z2z2) % p;
  const s1 = (((y1 * z2) % p) * z2z2) % p;
  const h = modulo(x2 * z1z1 - u1, p);
  const r = modulo(((y2 * z1) % p) * z1z1 - s1, p);
  if (h === 0n) return r === 0n ? double(first, curve) : infinity;
  const hh = (h * h) % p;
  const hhh = (h * hh) % p;
  const v = (u1 * hh) % p;
  const x3 = modulo(r * r - hhh - 2n * v, p);
  return [x3, modulo(r * (v - x3) - s1 * hhh, p), (((z1 * z2) % p) * h) % p];
}

/** Fields beyond those of any curve in use cost too much. */
const MAX_FIELD_BITS = 640;

/** d*G as an uncompressed point (SEC 1, 2.3.3). `undefined` for a scalar that is zero and for parameters that are no curve. */
export function ecPublicPoint(curve: PrimeCurve, scalar: Uint8Array): Buffer | undefined {
  const { p, n } = curve;
  if (p < 5n || p % 2n === 0n || n < 2n || p >> BigInt(MAX_FIELD_BITS) || n >> BigInt(MAX_FIELD_BITS)) return undefined;
  const d = toBigInt(scalar) % n;
  const multiples: Jacobian[] = [infinity, [modulo(curve.x, p), modulo(curve.y, p), 1n]];
  for (let i = 2; i < 16; i++) multiples.push(add(multiples[i - 1]!, multiples[1]!, curve));
  let point = infinity;
  for (const digit of d.toString(16)) {
    for (let i = 0; i < 4; i++) point = double(point, curve);
    point = add(point, multiples[Number.parseInt(digit, 16)]!, curve);
  }
  const z = inverse(point[2], p);
  if (z === undefined) return undefined;
  const zz = (z * z) % p;
  const length = bytesOf(curve);
  return Buffer.concat([Buffer.from([4]), toBytes((point[0] * zz) % p, length), toBytes((((point[1] * zz) % p) * z) % p, length)]);
}

/** Whether an uncompressed or hybrid point satisfies the curve's equation. */
export function isOnCurve({ p, a, b }: PrimeCurve, point: Uint8Array): boolean {
  const length = (point.length - 1) / 2;
  const x = toBigInt(point.subarray(1, 1 + length));
  const y = toBigInt(point.subarray(1 + length));
  return x < p && y < p && (y * y - (x * x + a) * x - b) % p === 0n;
}

/** The uncompressed form of a point (SEC 1, 2.3.4). Square roots only where p = 3 (mod 4), which holds for the curves that SSH knows. */
export function uncompressed(curve: PrimeCurve, point: Uint8Array): Buffer | undefined {
  const { p, a, b } = curve;
  const form = point[0]!;
  const length = bytesOf(curve);
  if ((form === 4 || form === 6 || form === 7) && point.length === 1 + 2 * length) return Buffer.concat([Buffer.from([4]), point.subarray(1)]);
  if ((form !== 2 && form !== 3) || point.length !== 1 + length || p % 4n !== 3n) return undefined;
  const x = toBigInt(point.subarray(1));
  if (x >= p) return undefined;
  const square = modulo((x * x + a) * x + b, p);
  const root = power(square, (p + 1n) / 4n, p);
  if ((root * root) % p !== square) return undefined;
  const y = (root & 1n) === BigInt(form & 1) ? root : p - root;
  return Buffer.concat([Buffer.from([4]), point.subarray(1), toBytes(y, length)]);
}

/** ax^2 + y^2 = 1 + dx^2y^2 (RFC 8032, 5). The addition law has no exceptions: a is a square, d is not. */
interface EdwardsCurve {
  readonly p: bigint;
  readonly a: 1n | -1n;
  readonly d: bigint;
  readonly x: bigint;
  readonly y: bigint;
  /** Bytes of a scalar. */
  readonly length: number;
  /** x, y and dxy of j * 16^i * G at [15i + j - 1], made when first needed. */
  table?: readonly Affine[];
}
type Affine = readonly [x: bigint, y: bigint, dxy: bigint];
/** Extended coordinates: (X/Z, Y/Z), T = XY/Z. */
type Extended = readonly [x: bigint, y: bigint, z: bigint, t: bigint];

const edwards25519: EdwardsCurve = {
  p: 2n ** 255n - 19n,
  a: -1n,
  d: 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n,
  x: 0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an,
  y: 0x6666666666666666666666666666666666666666666666666666666666666658n,
  length: 32,
};

const edwards448: EdwardsCurve = {
  p: 2n ** 448n - 2n ** 224n - 1n,
  a: 1n,
  d: 2n ** 448n - 2n ** 224n - 1n - 39081n,
  x: 0x4f1970c66bed0ded221d15a622bf36da9e146570470f1767ea6de324a3d3a46412ae1af72ab66511433b80e18b00938e2626a82bc70cc05en,
  y: 0x693f46716eb6bc248876203756c9c7624bea73736ca3984087789c1e05a0c2d73ad3ff1ce67c39c4fdbd132c4ed7c8ad9808795bf230fa14n,
  length: 56,
};

/** Hisil, Wong, Carter and Dawson (2008), 3.1, with Z2 = 1 and d*T2 at hand. */
function addAffine([x1, y1, z1, t1]: Extended, [x2, y2, dt2]: Affine, { p, a }: EdwardsCurve): Extended {
  const A = (x1 * x2) % p;
  const B = (y1 * y2) % p;
  const C = (t1 * dt2) % p;
  const E = ((x1 + y1) * (x2 + y2) - A - B) % p;
  const F = z1 - C;
  const G = z1 + C;
  const H = a === 1n ? B - A : B + A;
  return [(E * F) % p, (G * H) % p, (F * G) % p, (E * H) % p];
}

function fixedBaseTable(curve: EdwardsCurve): readonly Affine[] {
  const { p, d } = curve;
  const table: Affine[] = [];
  let base: Affine = [curve.x, curve.y, modulo(d * ((curve.x * curve.y) % p), p)];
  for (let i = 0; i < curve.length * 2; i++) {
    const row: Extended[] = [[base[0], base[1], 1n, (base[0] * base[1]) % p]];
    for (let j = 2; j <= 16; j++) row.push(addAffine(row[j - 2]!, base, curve));
    // Montgomery's trick: one inversion for the sixteen denominators.
    const products = row.reduce<bigint[]>((list, [, , z]) => [...list, (list[list.length - 1]! * z) % p], [1n]);
    let inverted = inverse(products[16]!, p)!;
    const affine: Affine[] = [];
    for (let j = 15; j >= 0; j--) {
      const [x, y, z] = row[j]!;
      const zi = (inverted * products[j]!) % p;
      inverted = (inverted * z) % p;
      const [ax, ay] = [modulo(x * zi, p), modulo(y * zi, p)];
      affine[j] = [ax, ay, modulo(d * ((ax * ay) % p), p)];
    }
    table.push(...affine.slice(0, 15));
    base = affine[15]!;
  }
  return table;
}

/** scalar*G, the scalar little-endian. */
function multiplyBase(curve: EdwardsCurve, scalar: Uint8Array): Extended {
  const table = (curve.table ??= fixedBaseTable(curve));
  let point: Extended = [0n, 1n, 1n, 0n];
  for (let i = 0; i < curve.length * 2; i++) {
    const digit = (scalar[i >> 1]! >> ((i & 1) * 4)) & 15;
    if (digit) point = addAffine(point, table[15 * i + digit - 1]!, curve);
  }
  return point;
}

function littleEndian(value: bigint, length: number): Buffer {
  return toBytes(value, length).reverse();
}

/** RFC 8032, 5.1.2 and 5.2.2: y, with the lowest bit of x in the highest bit. */
function encodePoint([x, y, z]: Extended, { p }: EdwardsCurve, length: number): Buffer {
  const zi = inverse(z, p)!;
  const out = littleEndian(modulo(y * zi, p), length);
  if (modulo(x * zi, p) & 1n) out[length - 1]! |= 0x80;
  return out;
}

/** RFC 7748, 5: decodeScalar25519. */
function clamp25519(bytes: Buffer): Buffer {
  bytes[0]! &= 248;
  bytes[31] = (bytes[31]! & 127) | 64;
  return bytes;
}

/** RFC 7748, 5: decodeScalar448. */
function clamp448(bytes: Buffer): Buffer {
  bytes[0]! &= 252;
  bytes[55]! |= 128;
  return bytes;
}

const derivations: ReadonlyMap<string, { readonly length: number; derive(secret: Uint8Array): Buffer }> = new Map([
  ['ed25519', { // RFC 8032, 5.1.5
    length: 32,
    derive: (secret: Uint8Array) => encodePoint(multiplyBase(edwards25519, clamp25519(createHash('sha512').update(secret).digest().subarray(0, 32))), edwards25519, 32),
  }],
  ['ed448', { // RFC 8032, 5.2.5
    length: 57,
    derive: (secret: Uint8Array) => encodePoint(multiplyBase(edwards448, clamp448(createHash('shake256', { outputLength: 114 }).update(secret).digest().subarray(0, 57))), edwards448, 57),
  }],
  ['x25519', { // the map of RFC 7748, 4.1: u = (1 + y) / (1 - y)
    length: 32,
    derive: (secret: Uint8Array) => {
      const { p } = edwards25519;
      const [, y, z] = multiplyBase(edwards25519, clamp25519(Buffer.from(secret)));
      return littleEndian(modulo((z + y) * (inverse(z - y, p) ?? 0n), p), 32);
    },
  }],
  ['x448', { // the 4-isogeny of RFC 7748, 4.2: u = y^2 / x^2, which takes base point to base point
    length: 56,
    derive: (secret: Uint8Array) => {
      const { p } = edwards448;
      const [x, y] = multiplyBase(edwards448, clamp448(Buffer.from(secret)));
      return littleEndian(modulo(y * y * (inverse(x * x, p) ?? 0n), p), 56);
    },
  }],
]);

/** The public key of an Ed25519, Ed448, X25519 or X448 private key. `undefined` for another algorithm or length. */
export function rawPublicKey(algorithm: string, secret: Uint8Array): Buffer | undefined {
  const derivation = derivations.get(algorithm);
  if (derivation?.length !== secret.length) return undefined;
  try {
    return derivation.derive(secret);
  } catch {
    // A build of OpenSSL without SHAKE.
    return undefined;
  }
}

/** The Ed25519 public key of a secret that is kept as RFC 8032, 5.1.5 hashes it: `scalar` is the first 32 bytes of the hash. */
export function ed25519PublicKey(scalar: Uint8Array): Buffer {
  return encodePoint(multiplyBase(edwards25519, clamp25519(Buffer.from(scalar))), edwards25519, 32);
}
