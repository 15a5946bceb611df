'use strict';
// `awslambda.streamifyResponse`, gathered: what the handler writes is answered once, when it has ended the stream.
const { Writable } = require('stream');

const INTEGRATION = 'application/vnd.awslambda.http-integration-response';

class ResponseStream extends Writable {
  constructor() {
    super();
    this.parts = [];
    this.contentType = 'application/octet-stream';
    this.metadata = null;
  }

  setContentType(type) {
    this.contentType = type;
  }

  _write(chunk, encoding, done) {
    this.parts.push(chunk);
    done();
  }

  /** The answer as a function that does not stream would give it: [body, content type]. */
  answer() {
    const body = Buffer.concat(this.parts);
    if (this.metadata === null) {
      return [body, this.contentType];
    }
    const { statusCode = 200, headers, cookies } = this.metadata;
    return [JSON.stringify({ statusCode, headers, cookies, body: body.toString('base64'), isBase64Encoded: true }), 'application/json'];
  }
}

const HttpResponseStream = {
  from(stream, metadata) {
    stream.metadata = metadata;
    stream.setContentType(INTEGRATION);
    return stream;
  },
};

/** Runs a streaming handler to the end of its stream. */
async function run(handler, event, context) {
  const stream = new ResponseStream();
  const ended = new Promise((resolve, reject) => stream.on('finish', resolve).on('error', reject));
  const returned = Promise.resolve(handler(event, stream, context));
  // A handler may return before its stream has ended (a pipe), and end it before it returns; its error comes first.
  await Promise.race([returned.then(() => ended), new Promise((_, reject) => { returned.catch(reject); })]);
  return stream.answer();
}

module.exports = { HttpResponseStream, run };
