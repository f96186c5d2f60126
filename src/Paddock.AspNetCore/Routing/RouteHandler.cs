using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Paddock.AspNetCore;

/// <summary>Answers a request to a plugin's route: arguments from the request, a call, an answer from the reply.</summary>
internal sealed class RouteHandler(IPluginCalls calls, IContributions contributions, PluginHtml html, IOptions<PaddockHttpOptions> options, ILogger<RouteHandler> logger)
{
    // The version that serves is set just before what it contributes; with many contributions that takes a moment. More
    // replacements than this within one request do not happen by themselves.
    private const int MostReplacements = 100;
    private static readonly TimeSpan LongestSwap = TimeSpan.FromSeconds(1);

    private readonly PaddockHttpOptions _options = options.Value;
    private readonly RequestOrigin _origin = new(options.Value.AllowedHosts);

    public async Task HandleAsync(HttpContext context, Contributed<RouteRegistration> route)
    {
        ApiError? error;
        try
        {
            error = await AnswerAsync(context, route).ConfigureAwait(false);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            error = FailureFilter.Classify(context, e, logger);
        }

        if (error is null) return;
        PluginAnswer.SetHeaders(context.Response.Headers);
        await ErrorWriter.WriteAsync(context, error).ConfigureAwait(false);
    }

    private async ValueTask<ApiError?> AnswerAsync(HttpContext context, Contributed<RouteRegistration> route)
    {
        if (_origin.Check(context.Request) is { } refused) return refused;
        var caller = PluginCaller.Of(context, _options);
        if (caller.Principal.Tenant != _options.Tenant) return ApiErrors.RouteNotFound;
        var input = await RouteArguments.ReadAsync(context, caller, _options.MaxBodyBytes).ConfigureAwait(false);
        var result = await CallAsync(route, caller, input, context.RequestAborted).ConfigureAwait(false);
        if (!result.TryGetValue(out var outcome, out var error)) return ServiceResults.ApiErrorOf(error);
        if (CallFailures.Of(outcome.Result, route.Plugin, contributions.Current(_options.Tenant)) is { } failure) return failure;
        return await PluginAnswer.WriteAsync(context, route.Plugin, outcome.Result.Value, html).ConfigureAwait(false);
    }

    // SECURITY: a request that was authorised for a route of one version and reaches the next one, in which that route asks
    // for more. A call names the version it was authorised for; where that was replaced meanwhile, the next one is called
    // only if its route asks for the very same.
    private async ValueTask<Result<ExecutionOutcome>> CallAsync(Contributed<RouteRegistration> route, PluginCaller caller, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        var call = new NamedCall { Function = route.Value.Handler, Input = input, Language = caller.Language, Digest = route.Digest, Door = CallDoor.Contribution };
        Task? tooLate = null;
        for (int attempt = 1; ; attempt++)
        {
            var result = await calls.CallAsync(caller.Principal, route.Plugin, call, cancellationToken).ConfigureAwait(false);
            if (result.Error?.Code != ServiceErrorCodes.PluginChanged || attempt == MostReplacements) return result;
            // Watched before it is looked at: what changes afterwards is told, and what changed before is seen.
            var change = contributions.Watch();
            var next = Next(route);
            if (next?.Digest == call.Digest)
            {
                tooLate ??= Task.Delay(LongestSwap, cancellationToken);
                if (!await ChangedAsync(change, tooLate).ConfigureAwait(false)) return result;
                next = Next(route);
            }

            if (next is null) return result;
            call = call with { Digest = next.Digest };
        }
    }

    private Contributed<RouteRegistration>? Next(Contributed<RouteRegistration> route) =>
        contributions.Current(_options.Tenant).Routes.FirstOrDefault(r => r.Plugin == route.Plugin && IsSame(r.Value, route.Value));

    private static async ValueTask<bool> ChangedAsync(IChangeToken change, Task tooLate)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var told = change.RegisterChangeCallback(static state => ((TaskCompletionSource)state!).TrySetResult(), changed);
        return await Task.WhenAny(changed.Task, tooLate).ConfigureAwait(false) == changed.Task;
    }

    private static bool IsSame(RouteRegistration a, RouteRegistration b) =>
        a.Method == b.Method && a.Path == b.Path && a.Handler == b.Handler && a.Middleware.SequenceEqual(b.Middleware);
}
