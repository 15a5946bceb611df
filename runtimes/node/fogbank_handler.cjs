'use strict';
// Finds the handler: `index.handler`, `folder/index.handler`, `index.nested.handler`; CommonJS or ES module.
const fs = require('fs');
const path = require('path');
const { RuntimeError } = require('./fogbank_errors.cjs');

function isFile(name) {
  return fs.statSync(name, { throwIfNoEntry: false })?.isFile() ?? false;
}

async function load(root, handler) {
  if (handler.includes('..')) {
    throw new RuntimeError('Runtime.MalformedHandlerName', `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  }
  const base = path.basename(handler);
  const dot = base.indexOf('.');
  if (dot < 0) {
    throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  }
  const folder = handler.slice(0, handler.length - base.length);
  const name = base.slice(0, dot);
  const names = base.slice(dot + 1).split('.');
  const exported = await loadModule(root, folder, name);
  let found = exported;
  for (const key of names) {
    found = found?.[key];
  }
  if (found === undefined && exported.default) {
    // A CommonJS module seen through import() whose names the parser could not tell.
    found = names.reduce((value, key) => value?.[key], exported.default);
  }
  if (found === undefined) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (typeof found !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  }
  return found;
}

async function loadModule(root, folder, name) {
  try {
    const file = path.resolve(root, folder, name);
    for (const candidate of [file, `${file}.js`, `${file}.mjs`, `${file}.cjs`]) {
      if (isFile(candidate)) {
        return await loadFile(candidate);
      }
    }
    return await loadFile(require.resolve(name, { paths: [root, path.resolve(root, folder)] }));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error), error);
    }
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
      throw new RuntimeError('Runtime.ImportModuleError', String(error), error);
    }
    throw error;
  }
}

async function loadFile(file) {
  if (!file.endsWith('.mjs')) {
    try {
      return require(file);
    } catch (error) {
      // `"type": "module"`, or an await at the top of a module which a later Node.js would otherwise require.
      if (error?.code !== 'ERR_REQUIRE_ESM' && error?.code !== 'ERR_REQUIRE_ASYNC_MODULE') {
        throw error;
      }
    }
  }
  return import(require('url').pathToFileURL(file).href);
}

module.exports = { load };
