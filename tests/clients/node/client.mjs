// The AWS SDK for JavaScript v3 on a line protocol, so that the tests pay for its start once. Reads one JSON call a line, answers one JSON
// line each. A call is {id, endpoint, region, key, secret, token, service, call, input, options}. What stands in "call":
//   PutObject                      a command
//   page:ListObjectsV2             all pages of a paginator, as a list
//   wait:FunctionActiveV2          a waiter
//   presign:GetObject              a presigned URL
//   upload                         lib-storage's upload in parts
// Bytes are {"$bytes": base64} in both directions; streams are read to their end.
import { createInterface } from 'node:readline';

const packages = {
  s3: ['@aws-sdk/client-s3', 'S3'],
  ec2: ['@aws-sdk/client-ec2', 'EC2'],
  ecr: ['@aws-sdk/client-ecr', 'ECR'],
  ecs: ['@aws-sdk/client-ecs', 'ECS'],
  lambda: ['@aws-sdk/client-lambda', 'Lambda'],
  iam: ['@aws-sdk/client-iam', 'IAM'],
  sts: ['@aws-sdk/client-sts', 'STS'],
  logs: ['@aws-sdk/client-cloudwatch-logs', 'CloudWatchLogs'],
};
const clients = new Map();

async function clientOf(call) {
  const [name, prefix] = packages[call.service];
  const sdk = await import(name);
  const wanted = JSON.stringify([call.endpoint, call.region, call.key, call.secret, call.token, call.service]);
  if (!clients.has(wanted)) {
    clients.set(wanted, new sdk[prefix + 'Client']({
      endpoint: call.endpoint,
      region: call.region,
      credentials: { accessKeyId: call.key, secretAccessKey: call.secret, sessionToken: call.token ?? undefined },
      maxAttempts: 1,
    }));
  }
  return { sdk, client: clients.get(wanted) };
}

function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== 'object') return value ?? undefined;
  if (Object.keys(value).length === 1 && '$bytes' in value) return Buffer.from(value.$bytes, 'base64');
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, decode(item)]));
}

async function encode(value) {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return Promise.all(value.map(encode));
  if (value && typeof value.transformToByteArray === 'function') {
    return { $bytes: Buffer.from(await value.transformToByteArray()).toString('base64') };
  }
  if (value === null || typeof value !== 'object') return value;
  const result = {};
  for (const [name, item] of Object.entries(value)) result[name] = await encode(item);
  return result;
}

async function perform(call) {
  const { sdk, client } = await clientOf(call);
  const colon = call.call.lastIndexOf(':');
  const kind = colon < 0 ? '' : call.call.slice(0, colon);
  const name = call.call.slice(colon + 1);
  const given = decode(call.input ?? {});
  if (kind === 'page') {
    const pages = [];
    for await (const page of sdk['paginate' + name]({ client }, given)) pages.push(page);
    return pages;
  }
  if (kind === 'wait') {
    return sdk['waitUntil' + name]({ client, maxWaitTime: 30, minDelay: 0.1, maxDelay: 0.5 }, given);
  }
  if (kind === 'presign') {
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
    return getSignedUrl(client, new sdk[name + 'Command'](given), call.options ?? {});
  }
  if (name === 'upload') {
    const { Upload } = await import('@aws-sdk/lib-storage');
    return new Upload({ client, params: given, partSize: 5 << 20, queueSize: 2 }).done();
  }
  return client.send(new sdk[name + 'Command'](given));
}

async function answer(line) {
  const call = JSON.parse(line);
  let out;
  try {
    out = { id: call.id, result: await encode(await perform(call)) };
  } catch (fault) {
    out = {
      id: call.id,
      error: { code: fault.Code ?? fault.name, message: fault.message, status: fault.$metadata?.httpStatusCode ?? 0 },
    };
  }
  process.stdout.write(JSON.stringify(out) + '\n');
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => { answer(line); });
lines.on('close', () => { for (const client of clients.values()) client.destroy(); });
