'use strict';
// As the AWS SDK does when it is loaded.
globalThis.awslambda = globalThis.awslambda || {};

exports.echo = async (event) => event;

exports.fail = async function fail() {
  throw new TypeError('boom ž');
};

exports.show = async (event, context) => ({
  id: context.awsRequestId, name: context.functionName, version: context.functionVersion, memory: context.memoryLimitInMB,
  arn: context.invokedFunctionArn, group: context.logGroupName, stream: context.logStreamName,
  remaining: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID, colour: context.clientContext.custom.colour,
  title: context.clientContext.client.app_title, identity: context.identity.cognitoIdentityId, tenant: context.tenantId,
});

exports.callback = (event, context, callback) => {
  let later = 'not yet';
  setTimeout(() => { later = 'after the timer'; }, 20);
  // The answer waits for an empty event loop, unless the function says otherwise.
  context.callbackWaitsForEmptyEventLoop = event.waits;
  callback(null, { toJSON: () => later });
};

exports.callbackError = (event, context, callback) => callback(event.text);
exports.succeed = (event, context) => context.succeed('succeeded');
exports.sync = (event) => 'ignored';
exports.throws = () => { throw new RangeError('thrown'); };
exports.never = () => new Promise(() => {});
exports.circular = async () => { const a = {}; a.a = a; return a; };
exports.nested = { deep: async () => 'deep' };
exports.notFunction = 5;

exports.reject = async () => {
  Promise.reject(new Error('left alone'));
  await new Promise((resolve) => setTimeout(resolve, 10000));
};

exports.uncaught = async () => {
  setTimeout(() => { throw new Error('in a timer'); }, 0);
  await new Promise((resolve) => setTimeout(resolve, 10000));
};

exports.log = async () => {
  console.log('two\nlines %d', 5);
  console.debug({ a: 1 });
  console.error('bad', new Error('inside'));
  return 'logged';
};

exports.stream = awslambda.streamifyResponse(async (event, stream, context) => {
  if (event.http) {
    stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: 'b' } });
  }
  stream.write('one ');
  await new Promise((resolve) => setTimeout(resolve, 1));
  stream.end('two');
});
