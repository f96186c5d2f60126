using System.Text;
using Paddock.Sandbox.Wasm.Abi;

[assembly: AssemblyFixture(typeof(Paddock.Sandbox.Wasm.Tests.WasmFixture))]

namespace Paddock.Sandbox.Wasm.Tests;

/// <summary>One runtime for WebAssembly modules for all tests.</summary>
public sealed class WasmFixture : IAsyncDisposable
{
    public WebAssemblyRuntime Runtime { get; } = new();

    public async Task<ISandbox> Load(byte[] module, Limits? limits = null, bool stateful = false) =>
        await Runtime.CreateAsync(Guests.Spec(module, limits, stateful), TestContext.Current.CancellationToken);

    public async Task<CallResult> Run(byte[] module, string? function, string input = "null", Limits? limits = null, IHostChannel? channel = null)
    {
        await using var sandbox = await Load(module, limits);
        return await sandbox.CallAsync(Guests.Call(function, input), channel ?? RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
    }

    public async Task<string> Value(byte[] module, string? function, string input = "null", IHostChannel? channel = null)
    {
        var result = await Run(module, function, input, null, channel);
        Assert.True(result.Status == CallStatus.Completed, $"{result.Error?.Code} {result.Error?.Message}");
        return Encoding.UTF8.GetString(result.Value.Span);
    }

    public async Task<CallError> LoadError(byte[] module, Limits? limits = null)
    {
        var e = await Assert.ThrowsAsync<SandboxLoadException>(async () => await Load(module, limits));
        return e.Error;
    }

    public ValueTask DisposeAsync() => Runtime.DisposeAsync();
}
