import type { Wrapping } from '../format.ts';

/** Text compressed with gzip (RFC 1952) before it was encoded, as Helm stores its releases and cloud-init takes its files. */
export const gzip: Wrapping = {
  name: 'gzip',
  title: 'gzip',
  magics: [Buffer.from([0x1f, 0x8b, 0x08])],

  unwrap(bytes) {
    const end = bytes.length;
    // Asked for only here: most runs meet no compressed text.
    const { gunzipSync, constants } = process.getBuiltinModule('node:zlib');
    try {
      // What is cut off is read as far as it goes.
      return { bytes: gunzipSync(bytes, { maxOutputLength: MAX_OUTPUT, finishFlush: constants.Z_SYNC_FLUSH }), start: 0, end, container: true };
    } catch (error) {
      const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      return { bytes: Buffer.alloc(0), start: 0, end, wasted: tooLarge ? MAX_OUTPUT : Math.min(MAX_OUTPUT, bytes.length * BEST_RATIO) };
    }
  },
};

/** A Helm release is at most 1 MiB compressed, the limit of a Kubernetes Secret. */
const MAX_OUTPUT = 1 << 24;
/** DEFLATE makes at most 1032 bytes of one. */
const BEST_RATIO = 1032;
