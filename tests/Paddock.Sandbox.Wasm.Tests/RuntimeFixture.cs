using System.Text;
using Paddock.Sandbox.Wasm.JavaScript;

[assembly: AssemblyFixture(typeof(Paddock.Sandbox.Wasm.Tests.RuntimeFixture))]

namespace Paddock.Sandbox.Wasm.Tests;

/// <summary>One runtime for all tests: the engine is compiled once, and the tests share its instances as plugins do.</summary>
public sealed class RuntimeFixture : IAsyncLifetime
{
    public JavaScriptRuntime Runtime { get; } = new(new JavaScriptRuntimeOptions { Threads = 2 });

    public static SandboxSpec Spec(string code, string? entryPoint = null, Limits? limits = null, params (string Path, string Source)[] more)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>> { ["plugin.js"] = Encoding.UTF8.GetBytes(code) };
        foreach (var (path, source) in more) files[path] = Encoding.UTF8.GetBytes(source);
        return new SandboxSpec
        {
            Digest = "test",
            Runtime = PluginRuntime.JavaScript,
            Files = files,
            Entry = "plugin.js",
            EntryPoint = entryPoint,
            Limits = limits ?? new Limits(),
        };
    }

    public static SandboxCall Call(string input = "null", string? function = null) => new() { Input = Encoding.UTF8.GetBytes(input), Function = function };

    public async Task<CallResult> Run(string code, string input = "null", string? entryPoint = null, Limits? limits = null, IHostChannel? channel = null)
    {
        await using var sandbox = await Runtime.CreateAsync(Spec(code, entryPoint, limits), TestContext.Current.CancellationToken);
        return await sandbox.CallAsync(Call(input), channel ?? RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
    }

    public async Task<string> Value(string code, string input = "null", string? entryPoint = null, IHostChannel? channel = null)
    {
        var result = await Run(code, input, entryPoint, null, channel);
        Assert.True(result.Status == CallStatus.Completed, $"{result.Error?.Code} {result.Error?.Message}");
        return Encoding.UTF8.GetString(result.Value.Span);
    }

    public async Task<CallError> LoadError(string code, string? entryPoint = null, Limits? limits = null)
    {
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await Runtime.CreateAsync(Spec(code, entryPoint, limits), TestContext.Current.CancellationToken));
        return e.Error;
    }

    public async ValueTask InitializeAsync() => await Runtime.WarmAsync();

    public ValueTask DisposeAsync() => Runtime.DisposeAsync();
}

/// <summary>A channel that answers with what a test says.</summary>
internal sealed class ChannelOf(Func<string, string, CancellationToken, Task<HostReply>> answer) : IHostChannel
{
    public static HostReply Json(string json) => HostReply.Ok(Encoding.UTF8.GetBytes(json));

    public async ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) =>
        await answer(function, Encoding.UTF8.GetString(arguments.Span), cancellationToken);
}
