using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Paddock.AspNetCore;

/// <summary>Calls of a function by its name.</summary>
internal static class DirectCalls
{
    public static async ValueTask<Result<ExecutionOutcome>> CallAsync(HttpContext context, string plugin, string function, int? timeoutMs = null)
    {
        var caller = PluginCaller.Of(context, context.Service<IOptions<PaddockHttpOptions>>().Value);
        var call = new NamedCall
        {
            Function = function,
            Input = RouteArguments.WriteDirect(context, caller, await context.BodyAsync(optional: true).ConfigureAwait(false)),
            Language = caller.Language,
            Timeout = timeoutMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        };
        return await context.Service<IPluginCalls>().CallAsync(context.Caller(), plugin, call, context.RequestAborted).ConfigureAwait(false);
    }
}
