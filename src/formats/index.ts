import type { Format } from '../format.ts';

/** Every format, in the order in which `read` is tried on a container: the strictest first. */
export const formats: readonly Format[] = [
];
