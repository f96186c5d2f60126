// Sums the CTRF reports of all test projects, prints each failure, and ends with "N passed, N failed, N skipped".
// A project without a report, or that ended badly with no failed test, counts as one failure: it crashed or hung.
// usage: node test-summary.mjs RESULTS_DIRECTORY SKIPS_FILE
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [directory, skipsFile] = process.argv.slice(2);
const lines = file => existsSync(file)
  ? readFileSync(file, 'utf8').split('\n').map(line => line.trim()).filter(line => line && !line.startsWith('#'))
  : [];
const agreedReasons = new Set(lines(skipsFile));
const unclean = new Set(lines(join(directory, 'unclean')));
const sum = { passed: 0, failed: 0, skipped: 0 };

for (const project of lines(join(directory, 'expected'))) {
  const before = sum.failed;
  for (const test of report(project)) {
    if (test.status === 'passed') sum.passed++;
    else if (test.status === 'skipped' || test.status === 'pending') skip(test);
    else fail(`${test.name}\n    ${(test.message ?? test.status).replaceAll('\n', '\n    ')}`);
  }
  if (unclean.has(project) && sum.failed === before) fail(`${project} did not end well (a crash, or its time was over)`);
}

console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1);

function report(project) {
  try {
    return JSON.parse(readFileSync(join(directory, `${project}.json`), 'utf8')).results.tests;
  } catch {
    return [{ name: project, status: 'failed', message: 'left no report' }];
  }
}

function skip(test) {
  const reason = (test.extra?.reason ?? test.message ?? '').trim();
  sum.skipped++;
  console.log(`SKIPPED ${test.name}: ${reason}`);
  if (!agreedReasons.has(reason)) fail(`${test.name} was skipped for a reason that ${skipsFile} does not list`);
}

function fail(text) {
  sum.failed++;
  console.log(`FAILED  ${text}`);
}
