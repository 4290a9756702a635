import type { Wrapping } from '../format.ts';

export const wrappings: readonly Wrapping[] = [
];
