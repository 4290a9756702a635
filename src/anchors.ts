import { formats } from './formats/index.ts';
import { commandAnchors } from './recipes/anchors.ts';
import { planSieve } from './sieve-plan.ts';
import { suppressionAnchors } from './suppressions.ts';
import { wrappings } from './wrappings/index.ts';

/**
 * The literals of all wrappings and formats, of comments that ask for silence and of commands about keys, in that order, and the beginnings of binary files. The build writes down this module's values in its place, so that
 * looking whether there is anything to read loads none of the readers.
 */
const ofKeys: readonly Buffer[] = [...wrappings, ...formats].flatMap(({ anchors: own = [] }) => own.map((anchor) => Buffer.from(anchor as string, 'latin1')));
/** How many are of keys, and how many of these or of suppressions: those of commands are the rest. */
export const ends: readonly [keys: number, suppressions: number] = [ofKeys.length, ofKeys.length + suppressionAnchors.length];
export const anchors: readonly Buffer[] = [...ofKeys, ...[...suppressionAnchors, ...commandAnchors].map((anchor) => Buffer.from(anchor, 'latin1'))];
export const plan = planSieve(anchors);
/** What files begin with that are containers themselves. */
export const magics: readonly Buffer[] = [...new Map(formats.flatMap(({ magics: own = [] }) => own).map((magic) => [magic.toString('latin1'), magic])).values()];
/** Lengths of files that are containers by their names alone. */
export const sizes: readonly number[] = [...new Set(formats.flatMap(({ sizes: own = [] }) => own))];
/** Whether bytes may hold keys is decided by stretches of them that are no longer than this. */
export const reach: number = Math.max(...[...anchors, ...magics].map(({ length }) => length), ...sizes);
