using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Paddock.AspNetCore;

/// <summary>Turns what an endpoint throws into an answer, before any error page of the application could show it.</summary>
internal sealed partial class FailureFilter(ILogger<FailureFilter> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return new ErrorResult(Classify(context.HttpContext, e, logger));
        }
    }

    // SECURITY: an error that tells of the host. Nothing of an unexpected exception goes out: no text, no type, no stack.
    internal static ApiError Classify(HttpContext context, Exception exception, ILogger logger)
    {
        switch (exception)
        {
            case ApiException known: return known.Error;
            case BadHttpRequestException bad: return ApiErrors.ForStatus(bad.StatusCode) ?? ApiErrors.BadRequest;
            case OperationCanceledException when context.Features.Get<TimeoutFilter.ExpiredFeature>() is not null: return ApiErrors.RequestTimeout;
            case OperationCanceledException or IOException when context.RequestAborted.IsCancellationRequested: return ApiErrors.BadRequest;
            case DecoderFallbackException or EncoderFallbackException: return ApiErrors.BadRequest;
            default:
                LogFailure(logger, exception, context.TraceIdentifier);
                return ApiErrors.Internal;
        }
    }

    [LoggerMessage(2001, LogLevel.Error, "Request {Request} failed unexpectedly")]
    private static partial void LogFailure(ILogger logger, Exception exception, string request);

    private sealed class ErrorResult(ApiError error) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => ErrorWriter.WriteAsync(httpContext, error);
    }
}
