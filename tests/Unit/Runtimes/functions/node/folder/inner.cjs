exports.name = 'inner'; exports.handler = async () => 'inner';
