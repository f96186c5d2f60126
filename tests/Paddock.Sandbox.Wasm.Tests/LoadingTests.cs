using System.Text;

namespace Paddock.Sandbox.Wasm.Tests;

public sealed class LoadingTests(RuntimeFixture js)
{
    [Theory]
    [InlineData("module.exports = (ctx) => ctx.input + 1", null)]
    [InlineData("module.exports = async (ctx) => ctx.input + 1", "run")]
    [InlineData("exports.run = (ctx) => ctx.input + 1", "run")]
    [InlineData("exports.default = (ctx) => ctx.input + 1", "run")]
    [InlineData("module.exports = { run: async (ctx) => ctx.input + 1 }", "run")]
    [InlineData("export default (ctx) => ctx.input + 1", null)]
    [InlineData("export async function run(ctx) { return ctx.input + 1 }", "run")]
    [InlineData("const one = await Promise.resolve(1); export const run = (ctx) => ctx.input + one;", "run")]
    public async Task Call_EveryShapeOfModule_ReachesItsEntryPoint(string code, string? entryPoint) =>
        Assert.Equal("42", await js.Value(code, "41", entryPoint));

    [Theory]
    [InlineData("const x = 1", "run")]
    [InlineData("exports.other = () => 1", "run")]
    [InlineData("export const y = 1", null)]
    [InlineData("module.exports = 7", null)]
    public async Task Create_NothingToCall_SaysSo(string code, string? entryPoint) =>
        Assert.Equal(ErrorCodes.EntryPointNotFound, (await js.LoadError(code, entryPoint)).Code);

    [Theory]
    [InlineData("module.exports = () => {\n  let x = ;\n}", 2, 11)]
    [InlineData("import a from './a.js';\nexport default () => { let = }", 2, 28)]
    public async Task Create_SyntaxError_HasLineAndColumn(string code, int line, int column)
    {
        var error = await js.LoadError(code);
        Assert.Equal((ErrorCodes.CompileError, line, column), (error.Code, error.Line ?? 0, error.Column ?? 0));
    }

    [Fact]
    public async Task Create_TopLevelThrows_IsTheGuestsError()
    {
        var error = await js.LoadError("const a = 1;\nthrow new RangeError('top')");
        Assert.Equal((ErrorCodes.GuestError, "RangeError", "top", 2), (error.Code, error.Name, error.Message, error.Line ?? 0));
    }

    [Fact]
    public async Task Create_TopLevelLoops_EndsAtTheInitTimeout() =>
        Assert.Equal(ErrorCodes.TimeLimit, (await js.LoadError("while (true) {}", limits: new Limits { InitTimeout = TimeSpan.FromMilliseconds(200) })).Code);

    [Fact]
    public async Task Create_TopLevelAwaitsForEver_IsADeadlock() =>
        Assert.Equal(ErrorCodes.GuestDeadlock, (await js.LoadError("await new Promise(() => {}); export default () => 1")).Code);

    [Fact]
    public async Task Create_ModuleOfThePackage_IsImported()
    {
        var spec = RuntimeFixture.Spec("import { n } from './lib/n.js'; export default () => n", null, null, ("lib/n.js", "import m from '../m.js'; export const n = m + 1;"), ("m.js", "export default 41"));
        await using var sandbox = await js.Runtime.CreateAsync(spec, TestContext.Current.CancellationToken);
        var result = await sandbox.CallAsync(RuntimeFixture.Call(), RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
        Assert.Equal("42", Encoding.UTF8.GetString(result.Value.Span));
    }

    [Theory]
    [InlineData("import fs from 'fs'; export default () => 1")]
    [InlineData("import x from '../../etc/passwd'; export default () => 1")]
    [InlineData("import x from '/etc/passwd'; export default () => 1")]
    public async Task Create_ModuleOutsideThePackage_IsNotFound(string code) =>
        Assert.Contains((await js.LoadError(code)).Code, new[] { ErrorCodes.CompileError, ErrorCodes.GuestError });

    [Fact]
    public async Task Create_HostCallAtTopLevel_IsRefusedAndTheImageStillWorks()
    {
        const string code = "let code = 'none'; export const run = async (ctx) => { try { await ctx.host.kv.get('a') } catch (e) { code = e.code } return code };";
        Assert.Equal($"\"{ErrorCodes.HostCallRefused}\"", await js.Value(code, entryPoint: "run"));
    }

    [Fact]
    public async Task Call_NamedFunction_IsCalled_AndAnUnknownOneIsNotFound()
    {
        await using var sandbox = await js.Runtime.CreateAsync(RuntimeFixture.Spec("exports.run = () => 1; exports.two = () => 2", "run"), TestContext.Current.CancellationToken);
        Assert.Equal("2"u8.ToArray(), (await sandbox.CallAsync(RuntimeFixture.Call(function: "two"), RefusingHostChannel.Instance, TestContext.Current.CancellationToken)).Value.ToArray());
        Assert.Equal(ErrorCodes.EntryPointNotFound, (await sandbox.CallAsync(RuntimeFixture.Call(function: "toString"), RefusingHostChannel.Instance, TestContext.Current.CancellationToken)).Error?.Code);
    }
}
