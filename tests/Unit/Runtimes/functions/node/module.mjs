export const handler = async () => (await import('./folder/inner.cjs')).default.name;
