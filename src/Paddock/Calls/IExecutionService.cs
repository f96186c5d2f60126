namespace Paddock;

/// <summary>The use cases around calls.</summary>
public interface IExecutionService
{
    /// <summary>Calls a plugin and records the execution before it answers. Codes: <c>PLUGIN_NOT_FOUND</c>, <c>PLUGIN_DISABLED</c>, <c>RUNTIME_UNAVAILABLE</c>, <c>INTEGRITY_FAILED</c>, findings (<c>TIMEOUT_INVALID</c>, <c>INPUT_TOO_LARGE</c>, <c>FUNCTION_INVALID</c>). A guest's failure is an outcome.</summary>
    ValueTask<Result<ExecutionOutcome>> ExecuteAsync(Principal principal, string pluginId, ExecuteRequest request, CancellationToken cancellationToken = default);

    /// <summary>The newest executions of a plugin, at most <paramref name="limit"/> (1 to 200). Codes: <c>PLUGIN_NOT_FOUND</c>, <c>LIMIT_INVALID</c>.</summary>
    ValueTask<Result<IReadOnlyList<ExecutionRecord>>> ListAsync(Principal principal, string pluginId, int limit = 50, CancellationToken cancellationToken = default);
}
