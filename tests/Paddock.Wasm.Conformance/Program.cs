using Paddock.Wasm.Conformance;

// usage: Paddock.Wasm.Conformance [ARCHIVE.tgz] [NAME…]: all files of the suite, or those named.
var path = args.FirstOrDefault(a => a.EndsWith(".tgz", StringComparison.Ordinal)) ?? SuiteArchive.Locate();
if (path is null || !File.Exists(path))
{
    Console.Error.WriteLine("conformance data not present: ../shared/conformance/wasm-spec-2.0.tgz, or name it as an argument");
    return 2;
}

var archive = SuiteArchive.Open(path);
var wanted = args.Where(a => !a.EndsWith(".tgz", StringComparison.Ordinal)).ToHashSet();
var names = archive.Names.Where(n => wanted.Count == 0 || wanted.Contains(n)).ToList();
var results = names.Where(n => !SuiteArchive.NeedsVectors(n)).Select(n => SuiteRunner.Run(archive, n)).Select(Report).ToList();
var vectorFiles = names.Where(SuiteArchive.NeedsVectors).ToList();

Console.WriteLine();
Console.WriteLine(
    $"{results.Count} files: {results.Sum(r => r.Passed)} passed, {results.Sum(r => r.Failures.Count)} failed, {results.Sum(r => r.NotApplicable)} not applicable (malformed text; there is no text parser)");
if (vectorFiles.Count > 0) Console.WriteLine($"{vectorFiles.Count} files not run: they need the vector instructions ({string.Join(' ', vectorFiles)})");
return results.Count > 0 && results.All(r => r.Failures.Count == 0) ? 0 : 1;

static SuiteResult Report(SuiteResult result)
{
    Console.WriteLine($"{result.Name,-32} {result.Passed,6} passed {result.Failures.Count,5} failed {result.NotApplicable,5} not applicable");
    foreach (var failure in result.Failures) Console.WriteLine($"    {failure}");
    return result;
}
