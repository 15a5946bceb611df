throw new TypeError('no start');
