'use strict';
// Errors in the words and the form of AWS's Node.js runtime.

class RuntimeError extends Error {
  constructor(name, message, cause) {
    super(message);
    this.name = name;
    const tail = String(cause?.stack ?? this.stack).split('\n').filter((line) => /^ +at /.test(line));
    this.stack = [`${name}: ${message}`, ...tail].join('\n');
  }
}

const isError = (value) => value instanceof Error
  || (typeof value === 'object' && value !== null && typeof value.name === 'string' && typeof value.message === 'string' && typeof value.stack === 'string');

/** The JSON that the Runtime API gets. */
function describe(error) {
  if (isError(error)) {
    return {
      errorType: String(error.name),
      errorMessage: String(error.message),
      trace: String(error.stack).split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: text(error), trace: [] };
}

/** The JSON that the log gets: with what the error carries besides. */
function forLog(error) {
  if (!isError(error)) {
    return error;
  }
  const entry = { errorType: error.name, errorMessage: error.message };
  if (error.code !== undefined) {
    entry.code = error.code;
  }
  return { ...entry, ...error, stack: String(error.stack).split('\n') };
}

function logJson(error) {
  try {
    return JSON.stringify(forLog(error), (_, value) => (isError(value) ? forLog(value) : value));
  } catch {
    return JSON.stringify(describe(error));
  }
}

function text(value) {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function unhandledRejection(reason) {
  const error = new RuntimeError('Runtime.UnhandledPromiseRejection', isError(reason) ? `${reason.name}: ${reason.message}` : text(reason));
  error.reason = reason;
  return error;
}

module.exports = { RuntimeError, describe, isError, logJson, unhandledRejection };
