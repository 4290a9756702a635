import type { Wrapping } from '../format.ts';
import { comment } from './comment.ts';
import { escaped } from './escaped.ts';
import { literal } from './literal.ts';
import { pem } from './pem.ts';
import { utf16 } from './utf16.ts';

/** Every wrapping. Those without anchors are tried in this order around the anchors of everything else: the outermost first. */
export const wrappings: readonly Wrapping[] = [
  utf16,
  comment,
  literal,
  escaped,
  pem,
];
