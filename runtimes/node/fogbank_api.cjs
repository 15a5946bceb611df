'use strict';
// The Lambda Runtime API (2018-06-01) over one kept connection. A plain socket: `http` costs more at the start and at each round trip.
const net = require('net');

// Answers up to this size travel in the same segment as the request for the next event.
const PIPELINE_LIMIT = 60000;
const MAX_HEAD = 1 << 20;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

class RuntimeApi {
  constructor(address) {
    const colon = address.lastIndexOf(':');
    this.peer = { host: address.slice(0, colon).replace(/[[\]]/g, ''), port: Number(address.slice(colon + 1)), noDelay: true };
    this.tail = ` HTTP/1.1\r\nHost: ${address}\r\n`;
    this.nextRequest = Buffer.from(`GET /2018-06-01/runtime/invocation/next${this.tail}\r\n`);
    this.pending = null;
    this.socket = null;
    this.waiting = null;
  }

  /** Waits for the next event: its headers (lower-case names) and body. Keeps the process alive meanwhile. */
  async next() {
    const pending = this.pending;
    this.pending = null;
    const request = pending ? Buffer.concat([pending, this.nextRequest]) : this.nextRequest;
    const answer = await this.exchange(request, pending ? 2 : 1);
    if (answer.status !== 200) {
      throw new Error(`Runtime API answered ${answer.status} to next`);
    }
    return answer;
  }

  respond(id, body, contentType = 'application/json') {
    return this.post(`/2018-06-01/runtime/invocation/${id}/response`, body, contentType, '');
  }

  fail(id, body, errorType) {
    return this.post(`/2018-06-01/runtime/invocation/${id}/error`, body, 'application/json', errorType);
  }

  /** As `fail`, but on its way before this returns: for a process about to end. */
  failNow(id, body, errorType) {
    return this.exchange(this.request(`/2018-06-01/runtime/invocation/${id}/error`, body, 'application/json', errorType), 1);
  }

  failInit(body, errorType) {
    return this.exchange(this.request('/2018-06-01/runtime/init/error', body, 'application/json', errorType), 1);
  }

  async post(path, body, contentType, errorType) {
    const request = this.request(path, body, contentType, errorType);
    if (request.length <= PIPELINE_LIMIT) {
      this.pending = request;
      return;
    }
    // A refusal (413) means that the API has failed the invocation itself, and that the next one may come.
    await this.exchange(request, 1).catch(() => {});
  }

  request(path, body, contentType, errorType) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    let head = `POST ${path}${this.tail}Content-Type: ${contentType}\r\nContent-Length: ${bytes.length}\r\n`;
    if (errorType) {
      // A class name may hold anything, a header field may not.
      head += `Lambda-Runtime-Function-Error-Type: ${errorType.replace(/[^\x20-\x7e]/g, '?')}\r\n`;
    }
    return Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), bytes]);
  }

  async exchange(request, answers) {
    try {
      return await this.attempt(request, answers);
    } catch (error) {
      if (!error.lostConnection) {
        throw error;
      }
      // A connection closed between two events is opened once more; a repeated answer is refused there, harmlessly.
      return this.attempt(request, answers);
    }
  }

  attempt(request, answers) {
    return new Promise((resolve, reject) => {
      this.waiting = { answers, resolve, reject };
      this.chunks = [];
      this.size = 0;
      this.needed = 0;
      if (this.socket === null) {
        this.connect();
      }
      this.socket.ref();
      this.socket.write(request);
    });
  }

  connect() {
    const socket = net.connect(this.peer);
    this.socket = socket;
    socket.on('data', (data) => this.received(data));
    const lost = (error) => {
      if (this.socket !== socket) {
        return;
      }
      this.socket = null;
      const waiting = this.waiting;
      this.waiting = null;
      if (waiting) {
        const reason = error ?? new Error('Runtime API closed the connection');
        reason.lostConnection = true;
        waiting.reject(reason);
      }
    };
    socket.on('error', lost);
    socket.on('close', () => lost());
  }

  received(data) {
    this.chunks.push(data);
    this.size += data.length;
    if (this.size < this.needed || this.waiting === null) {
      return;
    }
    let buffer = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks, this.size);
    while (this.waiting !== null) {
      const answer = parse(buffer);
      if (typeof answer === 'number') {
        this.needed = answer;
        break;
      }
      buffer = buffer.subarray(answer.end);
      this.needed = 0;
      if (--this.waiting.answers === 0) {
        const { resolve } = this.waiting;
        this.waiting = null;
        // While a handler runs, only its own work keeps the process alive: that is how an empty event loop is noticed.
        this.socket.unref();
        if (answer.headers.connection?.toLowerCase() === 'close') {
          const socket = this.socket;
          this.socket = null;
          socket.destroy();
        }
        resolve(answer);
      }
    }
    this.chunks = buffer.length ? [buffer] : [];
    this.size = buffer.length;
  }
}

/** One answer from the start of the buffer, or how many bytes are needed before it is worth looking again. */
function parse(buffer) {
  const endOfHead = buffer.indexOf(END_OF_HEAD);
  if (endOfHead < 0) {
    if (buffer.length > MAX_HEAD) {
      throw new Error('Runtime API sent an endless header');
    }
    return buffer.length + 1;
  }
  const lines = buffer.toString('utf8', 0, endOfHead).split('\r\n');
  const headers = {};
  for (let i = 1; i < lines.length; i++) {
    const colon = lines[i].indexOf(':');
    headers[lines[i].slice(0, colon).toLowerCase()] = lines[i].slice(colon + 1).trim();
  }
  const status = Number(lines[0].split(' ', 2)[1]);
  const start = endOfHead + 4;
  if (headers['content-length'] !== undefined) {
    const end = start + Number(headers['content-length']);
    return buffer.length < end ? end : { status, headers, body: buffer.subarray(start, end), end };
  }
  if (headers['transfer-encoding']?.toLowerCase() === 'chunked') {
    const chunked = parseChunks(buffer, start);
    return typeof chunked === 'number' ? chunked : { status, headers, ...chunked };
  }
  return { status, headers, body: Buffer.alloc(0), end: start };
}

function parseChunks(buffer, start) {
  const parts = [];
  for (let at = start; ;) {
    const endOfLine = buffer.indexOf('\r\n', at);
    if (endOfLine < 0) {
      return buffer.length + 1;
    }
    const size = parseInt(buffer.toString('latin1', at, endOfLine), 16);
    const end = endOfLine + 2 + size + 2;
    if (buffer.length < end) {
      return end;
    }
    if (size === 0) {
      return { body: Buffer.concat(parts), end };
    }
    parts.push(buffer.subarray(endOfLine + 2, end - 2));
    at = end;
  }
}

module.exports = { RuntimeApi };
