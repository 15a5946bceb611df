'use strict';
// The console in AWS's form: one call is one record, so newlines inside become carriage returns.
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
const fs = require('fs');
const { format } = require('util');
const { isError, logJson } = require('./fogbank_errors.cjs');

const LEVELS = { TRACE: 1, DEBUG: 2, INFO: 3, WARN: 4, ERROR: 5, FATAL: 6 };
const json = (process.env.AWS_LAMBDA_LOG_FORMAT ?? '').toUpperCase() === 'JSON';
const least = (json && LEVELS[(process.env.AWS_LAMBDA_LOG_LEVEL ?? '').toUpperCase()]) || 0;

/** The invocation under way; the loop writes it. */
const current = { requestId: undefined, tenantId: undefined };

function patchConsole() {
  const levels = { log: 'INFO', info: 'INFO', debug: 'DEBUG', warn: 'WARN', error: 'ERROR', trace: 'TRACE', fatal: 'FATAL' };
  for (const [method, level] of Object.entries(levels)) {
    console[method] = (...values) => record(level, values);
  }
}

function record(level, values) {
  if (LEVELS[level] < least) {
    return;
  }
  write(json ? jsonLine(level, values) : textLine(level, values));
}

function textLine(level, values) {
  const message = values.length === 1 && typeof values[0] === 'string' ? values[0] : format(...values);
  return `${new Date().toISOString()}\t${current.requestId}\t${level}\t${message}`.replaceAll('\n', '\r');
}

function jsonLine(level, values) {
  const entry = { timestamp: new Date().toISOString(), level, requestId: current.requestId };
  if (current.tenantId !== undefined) {
    entry.tenantId = current.tenantId;
  }
  if (values.length === 1 && typeof values[0] === 'object' && !isError(values[0])) {
    try {
      return JSON.stringify({ ...entry, message: values[0] });
    } catch {
      // What has no JSON form is written as the console would.
    }
  }
  entry.message = format(...values);
  const error = values.find(isError);
  if (error) {
    entry.errorType = error.name;
    entry.errorMessage = error.message;
    entry.stackTrace = String(error.stack).split('\n').slice(1);
  }
  return JSON.stringify(entry);
}

/** An error that ended an invocation or the process. */
function recordError(title, error) {
  if (json) {
    record('ERROR', isError(error) ? [error] : [title, error]);
  } else {
    write(`${new Date().toISOString()}\t${current.requestId}\tERROR\t${title} \t${logJson(error)}`.replaceAll('\n', '\r'));
  }
}

function write(line) {
  let bytes = Buffer.from(`${line}\n`);
  // Written at once and whole: nothing may wait in a queue when the environment is frozen.
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(1, bytes));
    } catch (error) {
      if (error.code !== 'EAGAIN') {
        return;
      }
    }
  }
}

module.exports = { current, patchConsole, recordError };
