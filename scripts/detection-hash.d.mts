export function detectionHash(top: string): Promise<string>;
