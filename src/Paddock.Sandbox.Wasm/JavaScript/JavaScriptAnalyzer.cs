using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Paddock.Sandbox.Wasm.Calls;

namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>Parses JavaScript with acorn, which runs in the same sandbox as the plugins that it looks at.</summary>
public sealed class JavaScriptAnalyzer(JavaScriptRuntime runtime) : IJavaScriptAnalyzer, IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private ISandbox? _sandbox;

    /// <inheritdoc/>
    public async ValueTask<JavaScriptAnalysis> AnalyzeAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(source.Span);
        }
        catch (DecoderFallbackException)
        {
            return Unparsable("The source is not valid UTF-8.");
        }

        var sandbox = await SandboxAsync(cancellationToken).ConfigureAwait(false);
        var call = new SandboxCall { Function = "analyze", Input = JsonSerializer.SerializeToUtf8Bytes(text) };
        var result = await sandbox.CallAsync(call, RefusingHostChannel.Instance, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return result.Status == CallStatus.Completed
            ? Read(result.Value.Span)
            : Unparsable($"The source cannot be analysed within the host's limits ({result.Error!.Code}).");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_sandbox is not null) await _sandbox.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    private async ValueTask<ISandbox> SandboxAsync(CancellationToken cancellationToken)
    {
        if (_sandbox is not null) return _sandbox;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _sandbox ??= await runtime.CreateAsync(Spec(), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private static SandboxSpec Spec()
    {
        byte[] source = [.. EngineImage.Resource("acorn.js"), (byte)'\n', .. EngineImage.Resource("analyzer.js")];
        return new SandboxSpec
        {
            Digest = Convert.ToHexStringLower(SHA256.HashData(source)),
            Runtime = PluginRuntime.JavaScript,
            Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["analyzer.js"] = source },
            Entry = "analyzer.js",
            EntryPoint = "analyze",
            Limits = new Limits { MemoryBytes = 256L << 20, Timeout = TimeSpan.FromSeconds(20), InitTimeout = TimeSpan.FromSeconds(30) },
        };
    }

    private static JavaScriptAnalysis Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.TryGetProperty("error", out var error))
        {
            return Unparsable(error.GetProperty("message").GetString()!, error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32());
        }

        var free = document.RootElement.GetProperty("free").EnumerateArray()
            .Select(f => new FreeIdentifier(f.GetProperty("name").GetString()!, f.GetProperty("line").GetInt32(), f.GetProperty("column").GetInt32()))
            .ToArray();
        return new JavaScriptAnalysis(null, document.RootElement.GetProperty("isModule").GetBoolean(), free);
    }

    private static JavaScriptAnalysis Unparsable(string message, int? line = null, int? column = null) =>
        new(new CallError(ErrorCodes.CompileError, GuestText.Clean(message)) { Name = "SyntaxError", Line = line, Column = column }, false, []);
}
