// Runs in a container without a network: lends npm the way to the registry's proxy, and is gone when npm is.
'use strict';
const net = require('node:net');
const { spawn } = require('node:child_process');

const egress = '/paddock-egress';
const [mode, registry] = process.argv.slice(1);
const server = net.createServer(client => {
  const proxy = net.connect(`${egress}/proxy`);
  client.on('error', () => proxy.destroy());
  proxy.on('error', () => client.destroy());
  client.pipe(proxy).pipe(client);
});
server.listen(0, '127.0.0.1', () => {
  const proxy = `http://127.0.0.1:${server.address().port}`;
  const npm = spawn('npm', [
    mode === 'locked' ? 'ci' : 'install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-update-notifier', '--no-package-lock',
    '--registry', registry, '--proxy', proxy, '--https-proxy', proxy, '--cafile', `${egress}/ca.pem`, '--cache', '/tmp/npm', '--userconfig', '/dev/null', '--loglevel', 'error',
  ].filter(a => !(mode === 'locked' && a === '--no-package-lock')), {
    cwd: '/app', stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH || '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', TMPDIR: '/tmp' },
  });
  npm.on('error', e => { console.error(e.code === 'ENOENT' ? 'the base image has no npm' : `npm: ${e.code}`); process.exit(1); });
  npm.on('exit', code => process.exit(code ?? 1));
});
