'use strict';
// Loads the handler and feeds it events until the environment ends.
const { RuntimeApi } = require('./fogbank_api.cjs');
const log = require('./fogbank_log.cjs');
const errors = require('./fogbank_errors.cjs');
const { load } = require('./fogbank_handler.cjs');

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

let api;
let handler;
// What to do when the event loop has nothing left: AWS answers null for a handler that never will.
let whenIdle = null;
let dying = false;

async function run() {
  const { env } = process;
  log.patchConsole();
  api = new RuntimeApi(env.AWS_LAMBDA_RUNTIME_API);
  // A plain property: the AWS SDK assigns it anew and keeps a store of its own in it.
  globalThis.awslambda = {
    streamifyResponse(streaming) {
      streaming[STREAMING] = 'response';
      return streaming;
    },
    get HttpResponseStream() {
      return require('./fogbank_stream.cjs').HttpResponseStream;
    },
  };
  process.on('uncaughtException', (error) => die('Uncaught Exception', error, 129));
  process.on('unhandledRejection', (reason) => die('Unhandled Promise Rejection', errors.unhandledRejection(reason), 128));
  process.on('beforeExit', () => {
    const act = whenIdle;
    whenIdle = null;
    act?.();
  });
  try {
    handler = await load(env.LAMBDA_TASK_ROOT ?? '/var/task', env._HANDLER);
  } catch (error) {
    await die('Uncaught Exception', error, 1);
    return;
  }
  next();
}

/** The process cannot be trusted any more: report, and end it. */
async function die(title, error, status) {
  log.recordError(title, error);
  if (dying) {
    return; // What follows from the first error is logged only.
  }
  dying = true;
  const description = errors.describe(error);
  const body = JSON.stringify(description);
  const id = log.current.requestId;
  // With the next event already asked for there is nobody to report to; the service sees the exit itself.
  if (api.waiting === null) {
    await (id === undefined ? api.failInit(body, description.errorType) : api.failNow(id, body, description.errorType)).catch(() => {});
  }
  process.exit(status);
}

function next() {
  api.next().then(invoke, (error) => {
    // Without its Runtime API the process has no purpose.
    log.recordError('Runtime API', error);
    process.exit(1);
  });
}

function invoke({ headers, body }) {
  const id = headers['lambda-runtime-aws-request-id'];
  log.current.requestId = id;
  log.current.tenantId = headers['lambda-runtime-aws-tenant-id'];
  const trace = headers['lambda-runtime-trace-id'];
  if (trace) {
    process.env._X_AMZN_TRACE_ID = trace;
  } else {
    delete process.env._X_AMZN_TRACE_ID;
  }
  const finish = once(id);
  let waits = true;
  const done = (error, result) => (isNothing(error) ? finish(null, result) : finish(error));
  const callback = (error, result) => {
    if (isNothing(error) && waits) {
      whenIdle = () => finish(null, result);
    } else {
      done(error, result);
    }
  };
  whenIdle = () => finish(null, null);
  try {
    const context = buildContext(headers, done);
    Object.defineProperty(context, 'callbackWaitsForEmptyEventLoop', { enumerable: true, get: () => waits, set: (value) => { waits = Boolean(value); } });
    const event = JSON.parse(body.toString('utf8'));
    if (handler[STREAMING]) {
      require('./fogbank_stream.cjs').run(handler, event, context).then(([answer, type]) => finish(null, answer, type), fail(finish));
      return;
    }
    const returned = handler(event, context, callback);
    if (typeof returned?.then === 'function') {
      returned.then((result) => finish(null, result), fail(finish));
    }
  } catch (error) {
    fail(finish)(error);
  }
}

const isNothing = (value) => value === undefined || value === null;

// A promise may be rejected with nothing at all; that is an error all the same.
const fail = (finish) => (error) => finish(isNothing(error) ? 'handled' : error);

/** Answers an invocation, the first time it is called. */
function once(id) {
  let finished = false;
  return (error, result, contentType) => {
    if (finished) {
      return;
    }
    finished = true;
    whenIdle = null;
    answer(id, error, result, contentType).then(next);
  };
}

function answer(id, error, result, contentType) {
  if (error === null) {
    try {
      return api.respond(id, contentType ? result : JSON.stringify(result === undefined ? null : result) ?? 'null', contentType);
    } catch {
      // A cycle, or a BigInt.
      error = new Error('Unable to stringify response body');
    }
  }
  log.recordError('Invoke Error', error);
  const description = errors.describe(error);
  return api.fail(id, JSON.stringify(description), description.errorType);
}

function buildContext(headers, done) {
  const { env } = process;
  const deadline = Number(headers['lambda-runtime-deadline-ms'] ?? 0);
  const client = headers['lambda-runtime-client-context'];
  const identity = headers['lambda-runtime-cognito-identity'];
  return {
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: client ? JSON.parse(client) : undefined,
    identity: identity ? JSON.parse(identity) : undefined,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
    done,
    succeed: (result) => done(null, result),
    fail: (error) => done(isNothing(error) ? 'handled' : error),
  };
}

module.exports = { run };
