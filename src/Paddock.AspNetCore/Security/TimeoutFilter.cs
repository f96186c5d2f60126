using Microsoft.AspNetCore.Http;

namespace Paddock.AspNetCore;

/// <summary>Bounds the time of a request by replacing its abort token with one that also fires when the time is over.</summary>
internal sealed class TimeoutFilter(TimeSpan timeout, TimeProvider time) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var aborted = http.RequestAborted;
        using var timer = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(aborted, timer.Token);
        http.RequestAborted = both.Token;
        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            http.Features.Set(new ExpiredFeature());
            throw;
        }
        finally
        {
            http.RequestAborted = aborted;
        }
    }

    /// <summary>Its presence says that the request ended because its time was over.</summary>
    internal sealed class ExpiredFeature;
}
