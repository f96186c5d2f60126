using System.Runtime.InteropServices;
using System.Text.Json;
using Paddock.Plugins;

namespace Paddock.Calls;

internal sealed class ExecutionService(PluginStore plugins, ExecutionStore executions, LoadedPlugins loaded, PluginHost host, PaddockOptions options) : IExecutionService
{
    private const long ShortestMs = 200;
    private const long LongestMs = 300_000;
    private const int LongestFunction = 128;

    public async ValueTask<Result<ExecutionOutcome>> ExecuteAsync(Principal principal, string pluginId, ExecuteRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(request);
        if (plugins.FindHead(principal, pluginId) is not { } head) return ServiceError.PluginNotFound;
        var call = ToCall(principal, head, request);
        if (Check(request, call) is { Count: > 0 } findings) return ServiceError.Invalid(findings);
        if (!head.Enabled) return ServiceError.PluginDisabled;
        if (!host.CanRun((PluginRuntime)head.Runtime)) return ServiceError.RuntimeUnavailable((PluginRuntime)head.Runtime);
        var entered = await loaded.EnterAsync(principal, head, cancellationToken).ConfigureAwait(false);
        if (!entered.TryGetValue(out var plugin, out var error)) return error;
        try
        {
            return await plugin.RunAsync(call, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            plugin.Exit();
        }
    }

    public ValueTask<Result<IReadOnlyList<ExecutionRecord>>> ListAsync(Principal principal, string pluginId, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return ValueTask.FromResult(List(principal, pluginId, limit));
    }

    private Result<IReadOnlyList<ExecutionRecord>> List(Principal principal, string pluginId, int limit)
    {
        if (PageLimit.Check(limit) is { } error) return error;
        if (plugins.FindHead(principal, pluginId) is null) return ServiceError.PluginNotFound;
        return Result.Ok(executions.List(principal, pluginId, limit));
    }

    private PluginCall ToCall(Principal principal, PluginRow head, ExecuteRequest request) => new()
    {
        Caller = principal,
        Function = request.Function,
        Input = request.Input is { } input ? Bytes(input) : "null"u8.ToArray(),
        Config = head.ConfigBytes,
        // The cast matters: null converts to an empty memory, which is no JSON.
        Context = request.Context is { } context ? Bytes(context) : (ReadOnlyMemory<byte>?)null,
        Timeout = request.TimeoutMs is { } ms ? TimeSpan.FromMilliseconds(Math.Clamp(ms, ShortestMs, LongestMs)) : options.DefaultTimeout,
    };

    private List<Finding> Check(ExecuteRequest request, PluginCall call)
    {
        var findings = new List<Finding>();
        if (request.TimeoutMs is < ShortestMs or > LongestMs)
            findings.Add(new Finding(ServiceErrorCodes.TimeoutInvalid, $"The timeout is not within {ShortestMs} to {LongestMs} ms.") { Path = "timeoutMs" });
        if (call.Input.Length > options.InputBytes)
            findings.Add(new Finding(ServiceErrorCodes.InputTooLarge, $"The input has more than {options.InputBytes} bytes.") { Path = "input" });
        if (call.Context?.Length > options.InputBytes)
            findings.Add(new Finding(ServiceErrorCodes.InputTooLarge, $"The context has more than {options.InputBytes} bytes.") { Path = "context" });
        if (request.Function is { } function && (function.Length is 0 or > LongestFunction || function.Any(char.IsControl)))
            findings.Add(new Finding(ServiceErrorCodes.FunctionInvalid, $"The function is no name of 1 to {LongestFunction} printable characters.") { Path = "function" });
        return findings;
    }

    private static ReadOnlyMemory<byte> Bytes(JsonElement element) => element.ValueKind == JsonValueKind.Undefined
        ? "null"u8.ToArray()
        : JsonMarshal.GetRawUtf8Value(element).ToArray();
}
