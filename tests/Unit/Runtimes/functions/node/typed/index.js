const start = await Promise.resolve('typed'); export const handler = async () => start;
