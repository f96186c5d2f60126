// Runs before a program whose container has no network but may speak HTTP: lends it the way to the host's proxy. Programs that know
// HTTP_PROXY find it there; http, https and fetch of Node itself do not look for one, and are led to it. What may pass, the host decides; a
// program that breaks this code breaks its own way out.
'use strict';
(() => {
  const net = require('node:net'), http = require('node:http'), https = require('node:https'), tls = require('node:tls');
  const PROXY = '/paddock/proxy', PORT = 3128;

  const server = net.createServer((client) => {
    const proxy = net.connect(PROXY);
    client.on('error', () => proxy.destroy());
    proxy.on('error', () => client.destroy());
    client.pipe(proxy).pipe(client);
  });
  // A child or a thread of a program that lends it already.
  server.on('error', () => {});
  server.listen(PORT, '127.0.0.1');
  server.unref();

  // A connection through the proxy to one host, on which the program speaks TLS by itself.
  const tunnel = (host, port, done) => {
    const name = host.includes(':') ? `[${host}]` : host;
    const request = http.request({ createConnection: () => net.connect(PROXY), method: 'CONNECT', path: `${name}:${port}`, headers: { host: `${name}:${port}` } });
    request.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) return done(null, socket);
      socket.destroy();
      done(Object.assign(new Error(`The host refused the connection: ${answer.statusCode}`), { code: 'ECONNREFUSED' }));
    });
    // An answer that is no tunnel says why.
    request.once('response', (answer) => { answer.resume(); done(Object.assign(new Error(`The host refused the connection: ${answer.statusCode}`), { code: 'ECONNREFUSED' })); });
    request.once('error', done);
    request.end();
  };
  const secure = (host, port, options, done) => tunnel(host, port, (error, socket) => {
    if (error) return done(error);
    const over = tls.connect({ ...options, socket, servername: options.servername || (net.isIP(host) ? '' : host) });
    const failed = (e) => done(e);
    over.once('error', failed);
    over.once('secureConnect', () => { over.removeListener('error', failed); done(null, over); });
  });

  // In the clear the proxy takes a request as it is, and reads from its Host where it goes.
  http.globalAgent.createConnection = () => net.connect(PROXY);
  https.globalAgent.createConnection = (options, done) => { secure(options.host, options.port, options, done); };

  const fetch = globalThis.fetch, key = Symbol.for('undici.globalDispatcher.1');
  if (typeof fetch !== 'function') return;
  const connect = ({ hostname, port, protocol, servername }, done) => {
    if (protocol === 'https:') return secure(hostname, port || 443, { servername: servername || undefined, ALPNProtocols: ['http/1.1'] }, done);
    const socket = net.connect(PROXY);
    socket.once('error', done);
    socket.once('connect', () => { socket.removeListener('error', done); done(null, socket); });
  };
  let led = false;
  globalThis.fetch = function (input, init) {
    if (!led) {
      led = true;
      // Its agent is made with the first request, and there is no other way to its class.
      fetch('data:,').catch(() => {});
      const Agent = globalThis[key]?.constructor;
      if (Agent !== undefined) globalThis[key] = new Agent({ connect });
    }
    return fetch(input, init);
  };
})();
