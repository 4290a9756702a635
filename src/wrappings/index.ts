import type { Wrapping } from '../format.ts';
import { base64 } from './base64.ts';
import { byteArray } from './byte-array.ts';
import { comment } from './comment.ts';
import { embedded } from './embedded.ts';
import { entities, entitiesForBlanks } from './entities.ts';
import { escaped, escapedBlanks } from './escaped.ts';
import { gzip } from './gzip.ts';
import { hex } from './hex.ts';
import { literal } from './literal.ts';
import { pem } from './pem.ts';
import { percent, percentForBreaks } from './percent.ts';
import { quotedPrintable } from './quoted-printable.ts';
import { utf16 } from './utf16.ts';

/** Every wrapping. Those without anchors are tried in this order around the anchors of everything else: the outermost first. */
export const wrappings: readonly Wrapping[] = [
  utf16,
  comment,
  literal,
  escaped,
  escapedBlanks,
  entities,
  entitiesForBlanks,
  percent,
  percentForBreaks,
  quotedPrintable,
  pem,
  base64,
  hex,
  byteArray,
  embedded,
  gzip,
];
