'use strict';
// Start of a Node.js function: `node /var/runtime/bootstrap.cjs`. CommonJS, because the loader of ES modules takes longer to
// start than all of this; it is started when a handler needs it.
require('./fogbank_loop.cjs').run();
