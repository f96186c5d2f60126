using System.Text;
using Paddock.Sandbox.Wasm.JavaScript;

namespace Paddock.Sandbox.Wasm.Tests;

public sealed class AnalyzerTests(RuntimeFixture js)
{
    [Theory]
    [InlineData("module.exports = () => require('fs')", "require")]
    [InlineData("export default () => import('x')", "import()")]
    [InlineData("typeof process", "process")]
    [InlineData("const { a = eval } = {}", "eval")]
    [InlineData("(x) => { { var vm } return vm }", "")]
    [InlineData("function fs() {} fs()", "")]
    [InlineData("try { } catch (net) { net }", "")]
    [InlineData("net; { let net }", "net")]
    [InlineData("class process {} new process()", "")]
    [InlineData("import process from './p.js'; process()", "")]
    [InlineData("const o = { require: 1, process() {} }; o.eval; o['fs']; o?.vm", "")]
    [InlineData("// require\n/* eval */ `process ${1}`; 'fs'; /net/", "")]
    [InlineData("`${process}`", "process")]
    [InlineData("fs: for (;;) { break fs }", "")]
    [InlineData("const f = function vm() { return vm }", "")]
    [InlineData("({ process }) => process", "")]
    [InlineData("({ process })", "process")]
    [InlineData("export { require } from './x.js'", "")]
    [InlineData("var x = fs; var fs", "")]
    [InlineData("[process] = [1]", "process")]
    public async Task Analyze_FreeIdentifiers_AreThoseThatNothingBinds(string code, string expected)
    {
        await using var analyzer = new JavaScriptAnalyzer(js.Runtime);
        var analysis = await analyzer.AnalyzeAsync(Encoding.UTF8.GetBytes(code), TestContext.Current.CancellationToken);
        string[] watched = ["require", "import()", "process", "child_process", "fs", "net", "dgram", "worker_threads", "vm", "eval"];
        Assert.Null(analysis.SyntaxError);
        Assert.Equal(expected, string.Join(",", analysis.FreeIdentifiers.Select(f => f.Name).Where(watched.Contains)));
    }

    [Theory]
    [InlineData("let x = ;", 1, 9)]
    [InlineData("a\n  b c", 2, 5)]
    [InlineData("import a from 'a';\nlet let = 1", 2, 5)]
    public async Task Analyze_SyntaxError_HasItsPlace(string code, int line, int column)
    {
        await using var analyzer = new JavaScriptAnalyzer(js.Runtime);
        var error = (await analyzer.AnalyzeAsync(Encoding.UTF8.GetBytes(code), TestContext.Current.CancellationToken)).SyntaxError!;
        Assert.Equal((ErrorCodes.CompileError, line, column), (error.Code, error.Line ?? 0, error.Column ?? 0));
    }

    [Fact]
    public async Task Analyze_HostileSource_GivesAnAnswer()
    {
        await using var analyzer = new JavaScriptAnalyzer(js.Runtime);
        foreach (var code in new[] { new string('(', 200_000), new string('[', 100_000) + new string(']', 100_000), "a" + string.Concat(Enumerable.Repeat("?.b", 60_000)) })
            Assert.NotNull(await analyzer.AnalyzeAsync(Encoding.UTF8.GetBytes(code), TestContext.Current.CancellationToken));
        Assert.NotNull((await analyzer.AnalyzeAsync(new byte[] { 0xFF, 0xFE }, TestContext.Current.CancellationToken)).SyntaxError);
    }
}
